import Link from 'next/link';
import { scoreLines } from '@/lib/benchmarks/command-lines';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import type { Board, BoardColumn } from '@/server/evals/types';
import { EVIDENCE_WORDS, EvidenceMark } from '../ui/evidence';
import { ExplainPanel } from '../ui/explain';
import { ScorerFacts } from '../ui/scorer-facts';
import { oceanHere } from '../ui/site-address';
import { explainId } from './explain-id';

/** The panels that the buttons in the table's headers and in the page's intro open. */
export async function BoardExplanations({ board }: { board: Board }) {
  const OCEAN = await oceanHere();
  return (
    <>
      <HowToRead />
      <AboutAverages />
      {board.columns.map((column) => (
        <AboutColumn key={column.benchmark} column={column} OCEAN={OCEAN} />
      ))}
    </>
  );
}

function HowToRead() {
  return (
    <ExplainPanel id={explainId('table')} title="How to read the table">
      <dl className="reading">
        <dt className="font-semibold">87.3</dt>
        <dd>The headline figure, in percent. It links to the run behind it.</dd>
        <dt className="interval-range">86.4–88.2</dt>
        <dd>
          Its 95 % interval. A reported figure’s is computed at the number of samples that its benchmark has.
        </dd>
        <dt className="delta delta-up">+23.2</dt>
        <dd>
          Points gained or lost against the base that the model’s training began from, by the same rule and
          the same kind of evidence; of stage 2 as well, not against stage 1. Grey where it may be chance:
          sample by sample where both have samples, else by the two intervals, which show less. It links to
          the two compared.
        </dd>
        <dt>
          <EvidenceMark evidence="recomputed" />
        </dt>
        <dd>Recomputed: {EVIDENCE_WORDS.recomputed}.</dd>
        <dt>
          <EvidenceMark evidence="reported" />
        </dt>
        <dd>Reported: {EVIDENCE_WORDS.reported}.</dd>
        <dt>2=</dt>
        <dd>
          The rank in the column: 1 plus the number of checkpoints that are better beyond chance. “=” is a
          tie: the paired difference’s interval includes zero, or, where pairs are missing, the intervals
          overlap.
        </dd>
        <dt>2 rep.</dt>
        <dd>
          Reported and recomputed figures are ranked apart: nobody here checked the reported ones. Where both
          stand in a column, “rep.” marks a rank among the reported.
        </dd>
        <dt>63 % unjudged</dt>
        <dd>
          So many samples wait for a judge model and count as wrong until then. The figure has no rank, is
          sorted after the whole ones and counts in no average.
        </dd>
        <dt>by seed@1</dt>
        <dd>
          Made by another rule than the column’s, or an earlier version of it: ranked among its own alone,
          sorted after the others, and in no average.
        </dd>
      </dl>
    </ExplainPanel>
  );
}

function AboutAverages() {
  return (
    <ExplainPanel id={explainId('average')} title="Average and average rank">
      <div className="stack">
        <p>
          The plain mean over the benchmarks chosen under “Columns”, at first the eight of the published
          table, shown or not.
        </p>
        <p>
          Only a checkpoint that has all of them is sorted by it. Otherwise the mean is marked “over 5 of 8”,
          and stands after the complete ones: it is another quantity. Where reported and recomputed figures
          enter one mean, both marks stand beside it, and there is no average rank: each kind is ranked for
          itself. A figure with samples that wait for a judge, or by another rule than its column’s, does not
          count. A checkpoint that has none of them shows another figure in place of the mean, and which.
        </p>
      </div>
    </ExplainPanel>
  );
}

function AboutColumn({ column, OCEAN }: { column: BoardColumn; OCEAN: string }) {
  const benchmark = benchmarkOf(column.benchmark);
  return (
    <ExplainPanel id={explainId(column.benchmark)} title={column.name}>
      <div className="stack">
        <p>
          Measures {column.ability}. The figure: {column.headlineLabel.toLowerCase()}, in percent.
        </p>
        {benchmark === null ? null : (
          <ScorerFacts
            scorer={benchmark.scorers[0]}
            command={scoreLines(OCEAN, {
              file: 'predictions.jsonl',
              benchmark: column.benchmark,
              split: null,
              scorer: null,
            })}
          />
        )}
        <p>
          <Link href={`/leaderboard/${column.benchmark}`} prefetch={false}>
            The data, the prompts, all runs and their breakdowns
          </Link>
        </p>
      </div>
    </ExplainPanel>
  );
}
