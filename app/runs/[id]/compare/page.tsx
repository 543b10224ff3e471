import '../../runs.css';
import '../../../samples/samples.css';
import '../../compare.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import type { ChangedRow, ChangeFilter, RunPage, RunScorer } from '@/server/evals/types';
import type { FirstRead } from '../../../samples/browse';
import { PAGE, paramsOf, type View } from '../../../samples/samples-url';
import { api, orNull } from '../../../trpc/server';
import { PageHeader } from '../../../ui/page-header';
import { EmptyState } from '../../../ui/state';
import { BrowserComparison } from '../../browser-comparison';
import type { ComparedSample } from '../../changes';
import { changesQuery, compareHref, type Pair, readChanges } from '../../compare-url';
import { type ComparedFigure, ScorerLetter } from '../../comparison-figures';
import { cut, isWhole, readRun } from '../../read-run';
import { StoredComparison } from '../../stored-comparison';

type Params = Promise<{ id: string }>;
type Query = Promise<Record<string, string | string[] | undefined>>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const run = await readRun(decodeURIComponent((await params).id));
  return run === null
    ? { title: 'No such run' }
    : {
        title: `Two scorers of ${run.model.name} on ${run.benchmark.name}`,
        robots: { index: false },
      };
}

/** A run by two of its scorers, and the samples on which they differ. */
export default async function CompareScreen({
  params,
  searchParams,
}: {
  params: Params;
  searchParams: Query;
}) {
  const run = await readRun(decodeURIComponent((await params).id));
  if (run === null) notFound();
  const query = paramsOf(await searchParams);
  const { from, to } = sidesOf(run, query);
  return (
    <div className="run">
      <PageHeader
        title="Two scorers, the same outputs"
        trail={
          <nav aria-label="Where this is">
            <Link href="/leaderboard">Leaderboard</Link> /{' '}
            <Link href={`/leaderboard/${encodeURIComponent(run.benchmark.id)}`}>{run.benchmark.name}</Link> /{' '}
            <Link href={`/runs/${encodeURIComponent(run.id)}`}>
              <bdi>{run.model.name}</bdi>
            </Link>
          </nav>
        }
      >
        <p className="run-what">
          <span>
            <bdi>{run.model.name}</bdi> on {run.benchmark.name}
            {run.split === null ? null : `, ${run.split.label}`}
          </span>
        </p>
      </PageHeader>
      {from === undefined || to === undefined ? (
        <EmptyState title="There are no two scorers to compare">
          <p>
            A comparison needs a run with samples, and a second scorer of its benchmark.{' '}
            <Link href={`/runs/${encodeURIComponent(run.id)}`}>Back to the run</Link>
          </p>
        </EmptyState>
      ) : (
        <>
          <PairForm run={run} pair={{ from: from.id, to: to.id }} />
          <Comparison run={run} from={from} to={to} query={query} />
        </>
      )}
    </div>
  );
}

/** The scorers that the address names; the headline's, and the first other one, where it names none. */
function sidesOf(
  run: RunPage,
  query: URLSearchParams,
): { from: RunScorer | undefined; to: RunScorer | undefined } {
  const named = (name: string) => run.scorers.find(({ id }) => id === query.get(name));
  const isStored = (scorer: RunScorer | undefined) => scorer?.score != null;
  const asked = named('from');
  const from = isStored(asked) ? asked : run.scorers.find(({ id }) => id === run.headlineScorer);
  const others = run.scorers.filter((each) => each.id !== from?.id && (each.score ?? each.scorer) !== null);
  const to = others.find(({ id }) => id === query.get('to')) ?? others.find(isStored) ?? others[0];
  return { from, to };
}

/** A plain form: it works without scripts, and nothing moves before it is sent. */
function PairForm({ run, pair }: { run: RunPage; pair: Pair }) {
  const stored = run.scorers.filter(({ score }) => score !== null);
  const any = run.scorers.filter(({ score, scorer }) => (score ?? scorer) !== null);
  const swapped = { from: pair.to, to: pair.from };
  return (
    <form className="compare-form" aria-label="Which scorers are compared" method="get">
      {(
        [
          ['A', 'from', stored],
          ['B', 'to', any],
        ] as const
      ).map(([letter, name, choices]) => (
        <label key={name}>
          <ScorerLetter>{letter}</ScorerLetter>
          <select name={name} className="field" defaultValue={pair[name]} key={pair[name]}>
            {choices.map(({ id, scorer, score }) => (
              <option key={id} value={id}>
                {scorer === null ? id : `${scorer.label} · ${id}`}
                {score === null ? ' (not stored)' : ''}
              </option>
            ))}
          </select>
        </label>
      ))}
      <div className="flex gap-2">
        <button type="submit" className="button">
          Compare
        </button>
        {stored.some(({ id }) => id === pair.to) ? (
          <Link className="button" href={compareHref(run.id, swapped)}>
            Swap A and B
          </Link>
        ) : null}
      </div>
    </form>
  );
}

async function Comparison({
  run,
  from,
  to,
  query,
}: {
  run: RunPage;
  from: RunScorer;
  to: RunScorer;
  query: URLSearchParams;
}) {
  const pair = { from: from.id, to: to.id };
  const first = figureOf(from);
  const second = figureOf(to);
  if (first === null) return null;
  if (second === null)
    return (
      <BrowserComparison
        // Another scorer is another scoring.
        key={`${from.id} ${to.id}`}
        runId={run.id}
        benchmark={run.benchmark.id}
        from={first}
        to={namesOf(to)}
        tags={run.tags}
      />
    );
  const { runs } = await api();
  return (
    <StoredComparison
      key={`${from.id} ${to.id}`}
      runId={run.id}
      from={first}
      to={second}
      comparison={await runs.comparison({ id: run.id, ...pair })}
      tags={run.tags}
      first={await readFirst(run.id, pair, readChanges(query))}
    />
  );
}

const namesOf = ({ id, scorer }: RunScorer) => ({
  id,
  label: scorer?.label ?? id,
  rule: scorer?.rule ?? null,
});

function figureOf(scorer: RunScorer): ComparedFigure | null {
  return scorer.score === null ? null : { ...namesOf(scorer), figure: scorer.score, note: null };
}

async function readFirst(
  id: string,
  pair: Pair,
  { filter, sampleId }: View<ChangeFilter>,
): Promise<FirstRead<ChangedRow, ComparedSample>> {
  const { runs } = await api();
  const position = sampleId === null ? null : await runs.changePosition({ id, ...pair, filter, sampleId });
  const page = Math.floor((position ?? 0) / PAGE);
  const range = await runs.changes({ id, ...pair, filter, offset: page * PAGE, limit: PAGE });
  const shown = sampleId ?? range.rows[0]?.sampleId;
  const sample =
    shown === undefined ? null : await orNull(runs.sample({ id, sampleId: shown, scorer: pair.from }));
  const verdict =
    shown === undefined ? null : await orNull(runs.verdict({ id, sampleId: shown, scorer: pair.to }));
  return {
    filterQuery: changesQuery(pair, { filter, sampleId: null }),
    sampleId,
    position,
    page,
    range,
    detail:
      sample === null || verdict === null
        ? null
        : { sampleId: sample.sampleId, sample: cut(sample), to: verdict },
    detailIsWhole: sample === null || isWhole(sample),
  };
}
