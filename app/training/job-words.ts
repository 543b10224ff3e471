import { formatCount } from '../ui/format';
import type { JobPage, JobRow } from './types';

/** A job in words: what it is, where it stands, how long it still takes. */

export const KIND_WORDS = { sft: 'supervised', train: 'GRPO', export: 'export', eval: 'evaluation' } as const;

export const STATE_WORDS = {
  waiting: 'waiting',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

/** `40 s`, `3 min`, `2 h 05 min`, `3 days` */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.round(hours / 24)} days`;
}

/** Seconds until the last step, if the steps to come take as long as the last ones; null where that is not known. */
export function secondsLeft({
  state,
  step,
  steps,
  stepSeconds,
}: Pick<JobRow, 'state' | 'step' | 'steps' | 'stepSeconds'>): number | null {
  if (state !== 'running' || steps === null || stepSeconds === null || steps <= step) return null;
  return (steps - step) * stepSeconds;
}

/** "step 40 of 75" */
export function stepWords({ step, steps }: Pick<JobRow, 'step' | 'steps'>): string {
  return `step ${formatCount(step)}${steps === null ? '' : ` of ${formatCount(steps)}`}`;
}

export type Standing = Pick<
  JobPage,
  | 'state'
  | 'error'
  | 'cancelRequested'
  | 'attempt'
  | 'step'
  | 'steps'
  | 'stepSeconds'
  | 'agentName'
  | 'startedAt'
  | 'endedAt'
  | 'queue'
> & {
  /** The job that has to succeed before. */
  before: Pick<JobRow, 'name' | 'state'> | null;
  /** For how many seconds contact has been lost; 0 while there is contact. */
  lostFor: number;
};

/** Where a job stands, in one sentence that is true at this moment. */
export function statusLine(job: Standing): string {
  switch (job.state) {
    case 'waiting':
      return waitingWords(job);
    case 'running':
      return runningWords(job);
    case 'succeeded':
      return `Succeeded${spanWords(job)}.`;
    case 'failed':
      return `Failed${job.step === 0 ? '' : ` after ${stepWords(job)}`}: ${job.error ?? 'it left no reason'}`;
    case 'cancelled':
      return `Cancelled${job.step === 0 ? ' before its first step' : ` after ${stepWords(job)}`}${job.error === null ? '' : `: ${job.error}`}.`.replace(
        /\.\.$/,
        '.',
      );
  }
}

function waitingWords({ before, queue, attempt }: Standing): string {
  if (before !== null && before.state !== 'succeeded') return `Waits for “${before.name}” to succeed.`;
  const again = attempt === 0 ? '' : `Attempt ${attempt} was lost with its box. `;
  if (queue === null) return `${again}Waits for a box.`;
  if (queue.rest > 0) return `${again}Is tried again in ${durationWords(queue.rest)}.`;
  if (queue.before > 0) return `${again}Queue: ${formatCount(queue.before)} before it.`;
  return queue.agents === 0
    ? `${again}Waits for a box: none is free.`
    : `${again}Is next: a box takes it up within seconds.`;
}

function runningWords(job: Standing): string {
  const { cancelRequested, lostFor, agentName, step } = job;
  const box = agentName ?? 'its box';
  if (lostFor > 0)
    return `Lost contact ${durationWords(lostFor)} ago${cancelRequested ? '; it was asked to stop' : ''}. ${box} may go on without us; if it does not come back, another takes over.`;
  if (cancelRequested) return 'Stops when its step ends.';
  if (step === 0) return `Begins on ${box}.`;
  const left = secondsLeft(job);
  return `Runs on ${box}: ${stepWords(job)}${left === null ? '' : `, about ${durationWords(left)} left`}.`;
}

function spanWords({ startedAt, endedAt, step }: Standing): string {
  const after =
    startedAt === null || endedAt === null
      ? ''
      : ` after ${durationWords((endedAt.getTime() - startedAt.getTime()) / 1_000)}`;
  return `${after}${step === 0 ? '' : `, ${formatCount(step)} steps`}`;
}

/** Jobs of a list, those of a chain together: a chain stands where its newest is, its jobs in their order. */
export function inChains<Job extends Pick<JobRow, 'id' | 'afterId'>>(jobs: readonly Job[]): Job[][] {
  const byId = new Map(jobs.map((each) => [each.id, each]));
  const firstOf = (job: Job): Job => {
    let first = job;
    const seen = new Set([first.id]);
    for (;;) {
      const before = first.afterId === null ? undefined : byId.get(first.afterId);
      if (before === undefined || seen.has(before.id)) return first;
      first = before;
      seen.add(first.id);
    }
  };
  const chains = new Map<string, Job[]>();
  for (const each of jobs) {
    const first = firstOf(each).id;
    chains.set(first, [each, ...(chains.get(first) ?? [])]);
  }
  return [...chains.values()];
}
