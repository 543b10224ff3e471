import '../runs.css';
import '../../samples/samples.css';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import type { RunPage, SampleDetail, SampleFilter, SampleRow } from '@/server/evals/types';
import type { FirstRead } from '../../samples/browse';
import { PAGE, paramsOf, readView, type View, viewQuery } from '../../samples/samples-url';
import { api, orNull } from '../../trpc/server';
import { formatInterval, formatPercent } from '../../ui/format';
import { EmptyState, ErrorState } from '../../ui/state';
import { cut, isWhole, readRun } from '../read-run';
import { RunBreakdowns } from '../run-breakdowns';
import { RunFailures } from '../run-failures';
import { RunFigure, RunHeader } from '../run-head';
import { RunHistory, Withdrawn } from '../run-history';
import { RunProvenance } from '../run-provenance';
import { RunSamples } from '../run-samples';
import { RunScorers } from '../run-scorers';
import { provenanceWords, stateWords } from '../run-words';
import { RunDecision, RunProgress } from '../writer-tools';

type Params = Promise<{ id: string }>;
type Query = Promise<Record<string, string | string[] | undefined>>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const run = await readRun(decodeURIComponent((await params).id));
  return run === null
    ? { title: 'No such run' }
    : {
        title: `${run.model.name} on ${run.benchmark.name}`,
        description: descriptionOf(run),
        robots: { index: run.state === 'published' },
      };
}

function descriptionOf(run: RunPage): string {
  const { score } = run;
  if (score === null) return `A run that is not scored: ${stateWords(run)}.`;
  const interval = score.interval === null ? '' : ` (${formatInterval(score.interval)})`;
  return `${formatPercent(score.headline)} %${interval}, ${provenanceWords(run)}, with every verdict and its reason where there are samples.`;
}

export default async function RunScreen({ params, searchParams }: { params: Params; searchParams: Query }) {
  const run = await readRun(decodeURIComponent((await params).id));
  if (run === null) notFound();
  const { outcomes, score } = run;
  const view = readView(paramsOf(await searchParams));
  return (
    <div className="run">
      <RunHeader run={run} boardHref={await boardHrefOf(run)} />
      <RunNotice run={run} />
      {score === null ? null : (
        <div className="run-facts">
          <RunFigure run={run} />
          <RunBreakdowns run={run} />
          <RunProvenance run={run} />
        </div>
      )}
      <RunScorers run={run} />
      <RunHistory run={run} />
      {run.state === 'scored' && run.mayDecide ? <Preview run={run} /> : null}
      {(run.state === 'published' || run.state === 'withdrawn') && run.mayDecide ? (
        <section className="panel run-preview" aria-labelledby="run-writer">
          <h2 id="run-writer">For the team alone</h2>
          <RunDecision run={run} />
        </section>
      ) : null}
      {score === null ? null : (
        <section id="samples" aria-labelledby="samples-heading" className="run-samples">
          <h2 id="samples-heading">Samples</h2>
          {outcomes === null ? (
            <EmptyState title="There are no samples behind this figure">
              <p>
                It is {provenanceWords(run)}. Its predictions were never handed in, so no verdict can be shown
                and nothing here checks it. Whoever has them can <a href="/submit">hand them in</a>.
              </p>
            </EmptyState>
          ) : (
            <RunSamples
              run={{ id: run.id, outcomes, tags: run.tags }}
              first={await readFirstSamples(run.id, view)}
            />
          )}
        </section>
      )}
    </div>
  );
}

/** What a visitor must know before the figures: that there are none yet, none at all, or that they are not published. */
function RunNotice({ run }: { run: RunPage }) {
  switch (run.state) {
    case 'scoring':
      return <RunProgress runId={run.id} progress={run.progress} />;
    case 'failed':
      return (
        <ErrorState title="The scoring failed">
          <p dir="auto">{run.error ?? 'It left no reason; the log of the server may have one.'}</p>
          <p>Nothing was published. The same file can be handed in again.</p>
        </ErrorState>
      );
    case 'cancelled':
      return (
        <EmptyState title="The scoring was cancelled">
          <p>
            Nothing was published. <a href="/submit">Hand in the file again</a> to score it.
          </p>
        </EmptyState>
      );
    case 'withdrawn':
      return <Withdrawn run={run} />;
    case 'scored':
    case 'published':
      return null;
  }
}

/** The leaderboard with the run's column shown; null where it has no figure of this checkpoint. */
async function boardHrefOf(run: RunPage): Promise<string | null> {
  if (run.state !== 'published') return null;
  const board = await (await api()).leaderboard.board();
  const cells = board.rows.find(({ checkpointId }) => checkpointId === run.checkpoint.id)?.cells;
  const kind = run.source === 'reported' ? 'reported' : 'recomputed';
  return cells?.[run.benchmark.id]?.[kind] ? `/?with=${encodeURIComponent(run.benchmark.id)}` : null;
}

async function Preview({ run }: { run: RunPage }) {
  const trpc = await api();
  const failures = await trpc.runs.samples({
    id: run.id,
    filter: { outcome: 'wrong' },
    offset: 0,
    limit: 10,
  });
  return (
    <section className="panel run-preview" aria-labelledby="run-preview">
      <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3">
        <div className="max-w-prose">
          <h2 id="run-preview">A draft, seen by you alone</h2>
          <p className="text-muted">
            Look at what was found. Publishing puts the figure in the leaderboard; discarding leaves nothing
            behind.
          </p>
        </div>
        <RunDecision run={run} />
      </div>
      <RunFailures runId={run.id} rows={failures.rows} />
    </section>
  );
}

async function readFirstSamples(
  id: string,
  { filter, sampleId }: View<SampleFilter>,
): Promise<FirstRead<SampleRow, SampleDetail>> {
  const { runs } = await api();
  const position = sampleId === null ? null : await runs.position({ id, filter, sampleId });
  const page = Math.floor((position ?? 0) / PAGE);
  const range = await runs.samples({ id, filter, offset: page * PAGE, limit: PAGE });
  const shown = sampleId ?? range.rows[0]?.sampleId;
  const detail = shown === undefined ? null : await orNull(runs.sample({ id, sampleId: shown }));
  return {
    filterQuery: viewQuery({ filter, sampleId: null }),
    sampleId,
    position,
    page,
    range,
    detail: detail && cut(detail),
    detailIsWhole: detail === null || isWhole(detail),
  };
}
