'use client';

import { type ComponentProps, useEffect, useMemo, useRef, useState } from 'react';
import { compareOutcomes } from '@/lib/stats/compare-outcomes';
import { summarise } from '@/lib/stats/summarise';
import type { ChangedRow, ChangeFilter, ScorableSample, VerdictDetail } from '@/server/evals/types';
import { TrpcProvider, useTRPCClient } from '../trpc/client';
import { formatCount } from '../ui/format';
import { ErrorState } from '../ui/state';
import { type ChangeSource, Changes } from './changes';
import type { ComparedFigure } from './comparison-figures';
import { scoringInBrowser } from './score-in-browser';

interface Props extends Pick<ComponentProps<typeof Changes>, 'runId' | 'from' | 'tags'> {
  benchmark: string;
  to: Omit<ComparedFigure, 'figure' | 'note'>;
}

/** A sample without its output, and what both scorers say of it. */
type Compared = Omit<ScorableSample, 'output' | 'extraction' | 'verdict' | 'options' | 'image'> & {
  from: ScorableSample['verdict'];
  to: VerdictDetail;
};

type State =
  | { kind: 'idle' }
  | { kind: 'scoring'; scored: number }
  | { kind: 'failed'; message: string }
  | { kind: 'done'; samples: readonly Compared[] };

/** A scorer that the server has not run, run here on the outputs that it sends, and compared with one that it has. */
export function BrowserComparison(props: Props) {
  return (
    <TrpcProvider>
      <Scoring {...props} />
    </TrpcProvider>
  );
}

function Scoring(props: Props) {
  const { runId, benchmark, from, to } = props;
  const client = useTRPCClient();
  const [state, setState] = useState<State>({ kind: 'idle' });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function score() {
    const stop = new AbortController();
    running.current = stop;
    const read = (after: number) =>
      client.runs.scorable.query({ id: runId, scorer: from.id, after }, { signal: stop.signal });
    const scoring = scoringInBrowser(
      () => new Worker(new URL('./scoring-worker.ts', import.meta.url), { type: 'module' }),
      { benchmark, scorer: to.id },
      stop.signal,
    );
    const samples: Compared[] = [];
    let scored = 0;
    setState({ kind: 'scoring', scored });
    // A verdict takes far less than a frame.
    const paint = setInterval(() => setState({ kind: 'scoring', scored }), 100);
    try {
      for (let after: number | null = -1; after !== null; ) {
        const page: Awaited<ReturnType<typeof read>> = await read(after);
        const verdicts = await scoring.score(page.samples, () => {
          scored += 1;
        });
        for (const [
          index,
          { output: _, extraction: __, verdict, options: ___, image: ____, ...sample },
        ] of page.samples.entries()) {
          const found = verdicts[index];
          if (found !== undefined) samples.push({ ...sample, from: verdict, to: found });
        }
        after = page.next;
      }
      setState({ kind: 'done', samples });
    } catch (error) {
      setState(
        stop.signal.aborted
          ? { kind: 'idle' }
          : { kind: 'failed', message: error instanceof Error ? error.message : String(error) },
      );
    } finally {
      clearInterval(paint);
      scoring.close();
    }
  }

  if (state.kind === 'done') return <Done {...props} samples={state.samples} />;
  const { total } = from.figure;
  return (
    <section className="panel run-scoring" aria-labelledby="browser-scoring">
      <h2 id="browser-scoring">The server has not scored this run by {to.label}</h2>
      {state.kind === 'scoring' ? (
        <>
          <p className="text-muted">
            {formatCount(state.scored)} of {formatCount(total)} samples scored in this browser
          </p>
          <progress className="progress" aria-label="Samples scored" value={state.scored} max={total} />
          <div>
            <button type="button" className="button" onClick={() => running.current?.abort()}>
              Cancel
            </button>
          </div>
        </>
      ) : (
        <>
          {state.kind === 'failed' ? (
            <ErrorState title="The scoring failed">
              <p>{state.message}</p>
            </ErrorState>
          ) : null}
          <p className="max-w-prose text-muted">
            The scorer can run in this browser, on the outputs that the server sends. Nothing of it is stored.
          </p>
          <div>
            <button type="button" className="button button-primary" onClick={score}>
              Score {formatCount(total)} samples in this browser
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function Done({ runId, from, to, tags, samples }: Props & { samples: readonly Compared[] }) {
  const client = useTRPCClient();
  const { figure, comparison } = useMemo(() => {
    const outcomes = samples.map((sample) => sample.to.outcome);
    const { correct, needsJudge, total, headline, interval } = summarise(
      { breakdowns: [], secondary: [] },
      samples,
      outcomes,
    );
    return {
      figure: { correct, needsJudge, total, headline, interval },
      comparison: {
        ...compareOutcomes(
          samples,
          samples.map((sample) => sample.from.outcome),
          outcomes,
        ),
        otherAnswers: samples.filter((sample) => matches(sample, { change: 'answer' })).length,
      },
    };
  }, [samples]);
  const source = useMemo((): ChangeSource => {
    const left = (filter: ChangeFilter) => samples.filter((sample) => matches(sample, filter));
    return {
      key: ['computed', runId, from.id, to.id],
      async range(filter, offset, limit) {
        const rows: readonly ChangedRow[] = left(filter);
        return { total: rows.length, rows: rows.slice(offset, offset + limit) };
      },
      async position(filter, sampleId) {
        const position = left(filter).findIndex((sample) => sample.sampleId === sampleId);
        return position === -1 ? null : position;
      },
      async sample(sampleId) {
        const sample = await client.runs.sample.query({ id: runId, sampleId, scorer: from.id });
        const found = samples.find((each) => each.sampleId === sampleId);
        if (found === undefined) throw new Error(`The run has no sample "${sampleId}".`);
        return { sampleId, sample, to: found.to };
      },
    };
  }, [client, runId, from.id, to.id, samples]);
  return (
    <Changes
      runId={runId}
      from={from}
      to={{ ...to, figure, note: 'Computed in your browser, not stored' }}
      comparison={comparison}
      tags={tags}
      source={source}
      first={null}
    />
  );
}

/** As the server filters stored verdicts. */
function matches({ from, to, tags }: Compared, { change, tag }: ChangeFilter): boolean {
  if (tag !== undefined && ![tags[tag.tag]].flat().includes(tag.value)) return false;
  if (change === undefined) return from.outcome !== to.outcome;
  if (change === 'answer') return from.outcome === to.outcome && from.answer !== to.answer;
  return from.outcome === change.from && to.outcome === change.to;
}
