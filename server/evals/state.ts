import { EventEmitter } from 'node:events';
import type { JudgeRecord } from '../db';
import { processWide } from '../process-wide';
import type { Board, SubmissionEvent } from './types';

/** What is to be scored: a run by the scorer of its headline (`scorer` is null), or a scored run by one more. */
export interface Scoring {
  runId: string;
  scorer: string | null;
  /** What a judge said, once it has been asked. */
  judged?: { replies: ReadonlyMap<string, readonly string[]>; record: JudgeRecord };
}

/** What the events of a scoring are called by. */
export const keyOf = ({ runId, scorer }: Pick<Scoring, 'runId' | 'scorer'>): string =>
  scorer === null ? runId : `${runId} ${scorer}`;

/** What this process knows besides the database. */
interface EvalsState {
  /** What waits for the worker, in order. */
  queue: Scoring[];
  current: {
    key: string;
    scored: number;
    total: number;
    stop: AbortController;
    ended: Promise<void>;
  } | null;
  /** Where a judge is being asked, by the key of the scoring that waits for it. */
  judging: Map<string, { asked: number; total: number; stop: AbortController; ended: Promise<void> }>;
  stopping: boolean;
  /** By the key of a scoring. */
  events: EventEmitter<Record<string, [SubmissionEvent]>>;
  board: Promise<Board> | null;
  /** Counts how often the board was made. */
  boardVersion: number;
}

export const state = processWide('evals', (): EvalsState => {
  const events: EvalsState['events'] = new EventEmitter();
  events.setMaxListeners(0);
  return {
    queue: [],
    current: null,
    judging: new Map(),
    stopping: false,
    events,
    board: null,
    boardVersion: 0,
  };
});
