import { EventEmitter } from 'node:events';
import type { Board, SubmissionEvent } from './types';

/** What this process knows besides the database: on globalThis, as Next evaluates a module once for each of its bundles. */
interface EvalsState {
  /** Runs that wait for the worker, in order. */
  queue: string[];
  current: {
    runId: string;
    scored: number;
    total: number;
    stop: AbortController;
    ended: Promise<void>;
  } | null;
  stopping: boolean;
  /** An event a run id. */
  events: EventEmitter<Record<string, [SubmissionEvent]>>;
  board: Promise<Board> | null;
  /** Counts how often the board was made. */
  boardVersion: number;
}

const shared: typeof globalThis & { oceanEvals?: EvalsState } = globalThis;

export function state(): EvalsState {
  if (shared.oceanEvals === undefined) {
    const events: EvalsState['events'] = new EventEmitter();
    events.setMaxListeners(0);
    shared.oceanEvals = { queue: [], current: null, stopping: false, events, board: null, boardVersion: 0 };
  }
  return shared.oceanEvals;
}
