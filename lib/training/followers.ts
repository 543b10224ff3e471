import type { JobSpec, WorldRows } from './protocol';

/** What an earlier job of a chain makes: the one before, or so many before. */
interface Previous {
  kind: 'previous';
  back?: number;
}
type Export = Omit<Extract<JobSpec, { kind: 'export' }>, 'start'> & { start: Previous };
type Eval = Omit<Extract<JobSpec, { kind: 'eval' }>, 'start'> & { start: Previous };

/** On which an exported model is proved equal to the trained one. */
const proofRows = (size: number): WorldRows => ({
  name: 'proof',
  split: 'val',
  count: 50,
  seed: 1,
  size,
  tasks: null,
  further: false,
});

const MAX_NEW_TOKENS = 256;

/** What follows a training: its export, and evaluations of what was exported, one after the other. */
export function followersOf({
  evals,
  publish,
  size,
}: {
  evals: readonly { benchmark: string; split: string }[];
  /** Whether what the evaluations come to is published at once. */
  publish: boolean;
  /** Of the pictures that it was trained on. */
  size: number;
}): readonly (Export | Eval)[] {
  return [
    { kind: 'export', start: { kind: 'previous' }, rows: [proofRows(size)] },
    ...evals.map(
      ({ benchmark, split }, at): Eval => ({
        kind: 'eval',
        // All of them the exported model.
        start: { kind: 'previous', back: at + 1 },
        benchmark,
        split,
        maxNewTokens: MAX_NEW_TOKENS,
        publish,
      }),
    ),
  ];
}
