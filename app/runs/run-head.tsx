import Link from 'next/link';
import { INTERVAL_METHODS, judgeWords } from '@/lib/stats/score';
import type { RunPage } from '@/server/evals/types';
import { EvidenceBadge } from '../ui/evidence';
import { Explain } from '../ui/explain';
import { formatCount, formatInterval, formatPercent, formatSizeName, formatTraining } from '../ui/format';
import { IntervalBar } from '../ui/interval';
import { PageHeader } from '../ui/page-header';
import { ScorerFacts } from '../ui/scorer-facts';
import { oceanHere } from '../ui/site-address';
import { claimWords, provenanceWords, scoreCommand, stateWords } from './run-words';

/** What a run is: model, checkpoint, benchmark, split, and its state. */
export function RunHeader({ run, boardHref }: { run: RunPage; boardHref: string | null }) {
  const { model, benchmark, split } = run;
  const training = formatTraining(run.checkpoint);
  return (
    <PageHeader
      title={
        <>
          <bdi>{model.name}</bdi> on {benchmark.name}
        </>
      }
      trail={
        <nav aria-label="Where this is">
          <Link href="/leaderboard">Leaderboard</Link> /{' '}
          <Link href={`/leaderboard/${encodeURIComponent(benchmark.id)}`}>{benchmark.name}</Link>
        </nav>
      }
    >
      <p className="run-what">
        <span className={`run-state run-state-${run.state}`}>{stateWords(run)}</span>
        {training === null ? null : <span>{training}</span>}
        <span>{formatSizeName(model)}</span>
        <span>{model.openWeights ? 'open weights' : 'closed weights'}</span>
        {split === null ? null : <span>{split.label}</span>}
        <Link href={comparisonHref(run)} prefetch={false}>
          {run.checkpoint.stage === null ? 'compare it with others' : 'compare its stages'}
        </Link>
        {model.link === null ? null : (
          <a href={model.link} rel="noreferrer nofollow ugc">
            about the model
          </a>
        )}
        {boardHref === null ? null : <Link href={boardHref}>in the leaderboard</Link>}
      </p>
    </PageHeader>
  );
}

/** Where the stages of its model are compared; of a model without stages, where others are chosen to compare it with. */
function comparisonHref({ model, checkpoint, benchmark, split }: RunPage): string {
  const params = new URLSearchParams(
    checkpoint.stage === null ? { checkpoints: checkpoint.id } : { model: model.slug },
  );
  params.set('benchmark', benchmark.id);
  if (split !== null) params.set('split', split.id);
  return `/compare?${params}`;
}

/** The figure with all that stands behind it in a line each. */
export async function RunFigure({ run }: { run: RunPage }) {
  const { score, scorer } = run;
  if (score === null) return null;
  const judge = judgeWords(score);
  const claim = run.source === 'reported' ? null : claimWords(run.claimedAccuracy, score.headline);
  return (
    <section className="panel run-figure" aria-labelledby="run-figure">
      <div className="flex items-center justify-between gap-2">
        <h2 id="run-figure" className="label">
          Headline
        </h2>
        <EvidenceBadge evidence={run.source === 'reported' ? 'reported' : 'recomputed'} />
      </div>
      <div className="run-number">
        {formatPercent(score.headline)}
        <span className="run-unit">%</span>
        {scorer === null ? null : (
          <Explain id="explain-scorer" title="The rule behind this figure">
            {run.source === 'reported' ? (
              <ScorerFacts scorer={scorer} />
            ) : (
              <ScorerFacts scorer={scorer} command={scoreCommand(await oceanHere(), run)} />
            )}
          </Explain>
        )}
      </div>
      {score.interval === null ? (
        <p className="text-muted">No interval: the samples behind it are not known.</p>
      ) : (
        <>
          <IntervalBar value={score.headline} interval={score.interval} />
          <p>
            {formatInterval(score.interval)}{' '}
            <span className="text-muted">
              is the {Math.round(score.interval.level * 100)} % interval:{' '}
              {INTERVAL_METHODS[score.interval.method]}
            </span>
          </p>
        </>
      )}
      <ul className="run-lines">
        {score.correct === null || score.total === null ? null : (
          <li>
            {formatCount(score.correct)} of {formatCount(score.total)} correct
          </li>
        )}
        {judge === null ? null : <li>{judge}</li>}
        <li>{provenanceWords(run)}</li>
        {claim === null ? null : <li>{claim}</li>}
        {run.missing !== null && run.missing > 0 ? (
          <li>
            {run.missing === 1
              ? '1 sample has no prediction and counts as wrong'
              : `${formatCount(run.missing)} samples have no prediction and count as wrong`}
          </li>
        ) : null}
      </ul>
    </section>
  );
}
