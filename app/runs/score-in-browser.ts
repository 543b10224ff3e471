import { type StoredVerdict, storedVerdict, timedOut } from '@/lib/scoring/scorer';
import type { ScorableSample } from '@/server/evals/types';
import type { FromScorer, ToScorer } from './scoring-messages';

/** The most that one sample's verdict may take, in ms: as on the server. */
export const VERDICT_LIMIT_MS = 2_000;
const LOOK_EVERY_MS = 100;

/** What is needed of a Worker. */
export interface ScoringWorker {
  postMessage(message: ToScorer): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromScorer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface BrowserScoring {
  /** Verdicts of these samples, in order. @throws DOMException `AbortError` where the signal is; Error of a worker. */
  score(samples: readonly ScorableSample[], onVerdict: () => void): Promise<readonly StoredVerdict[]>;
  close(): void;
}

/**
 * Scores in a worker that is ended, and replaced, where one sample keeps it longer than the limit: that sample is timed
 * out, the others go on.
 */
export function scoringInBrowser(
  start: () => ScoringWorker,
  { benchmark, scorer }: { benchmark: string; scorer: string },
  signal: AbortSignal,
  limitMs = VERDICT_LIMIT_MS,
): BrowserScoring {
  let worker: ScoringWorker | null = null;

  const close = () => {
    worker?.terminate();
    worker = null;
  };

  async function opened(): Promise<ScoringWorker> {
    if (worker !== null) return worker;
    const made = start();
    worker = made;
    await conversation<void>(made, signal, (settle) => {
      made.onmessage = () => settle();
      made.postMessage({ type: 'open', benchmark, scorer });
    });
    return made;
  }

  /** Verdicts until all are there, or the worker is stuck in the sample after the last of them. */
  async function scoreUntilStuck(
    samples: readonly { sample: ScorableSample; output: string }[],
    onVerdict: () => void,
  ): Promise<StoredVerdict[]> {
    const at = await opened();
    const verdicts: StoredVerdict[] = [];
    let timer: ReturnType<typeof setInterval> | undefined;
    try {
      await conversation<void>(at, signal, (settle) => {
        let since = performance.now();
        let late = false;
        timer = setInterval(() => {
          if (performance.now() - since <= limitMs) return;
          // The page itself may have been busy, with verdicts waiting to be heard: it looks once more.
          if (late) settle();
          late = true;
        }, LOOK_EVERY_MS);
        at.onmessage = ({ data }) => {
          if (data.type !== 'verdict') return;
          verdicts.push(storedVerdict(data.verdict));
          onVerdict();
          since = performance.now();
          late = false;
          if (verdicts.length === samples.length) settle();
        };
        at.postMessage({
          type: 'score',
          samples: samples.map(({ sample: { verdict: _, output: __, extraction, ...sample }, output }) => ({
            sample,
            output,
            extraction,
          })),
        });
      });
    } finally {
      clearInterval(timer);
    }
    if (verdicts.length < samples.length) close();
    return verdicts;
  }

  return {
    close,
    async score(samples, onVerdict) {
      const found = new Map<string, StoredVerdict>();
      const add = ({ sampleId }: ScorableSample, verdict: StoredVerdict) => found.set(sampleId, verdict);
      let left = samples.flatMap((sample) => {
        if (sample.output !== null) return [{ sample, output: sample.output }];
        // Without an output there is nothing to score: the same for every scorer.
        add(sample, { ...sample.verdict, span: null });
        onVerdict();
        return [];
      });
      while (left.length > 0) {
        const verdicts = await scoreUntilStuck(left, onVerdict);
        for (const [index, verdict] of verdicts.entries()) {
          const each = left[index];
          if (each !== undefined) add(each.sample, verdict);
        }
        const stuck = left[verdicts.length];
        left = left.slice(verdicts.length + 1);
        if (stuck === undefined) break;
        add(stuck.sample, timedOut(`no verdict within ${limitMs / 1000} s in this browser`));
        onVerdict();
      }
      return samples.map((sample) => {
        const verdict = found.get(sample.sampleId);
        if (verdict === undefined) throw new Error(`sample ${sample.sampleId} was left without a verdict`);
        return verdict;
      });
    },
  };
}

/** Until settled by what `talk` hears, the worker's failure, or the signal. */
function conversation<T>(
  worker: ScoringWorker,
  signal: AbortSignal,
  talk: (settle: (value: T) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const done = () => signal.removeEventListener('abort', onAbort);
    worker.onerror = (event) => {
      done();
      reject(new Error(event.message || 'the scorer could not be loaded'));
    };
    talk((value) => {
      done();
      resolve(value);
    });
  });
}
