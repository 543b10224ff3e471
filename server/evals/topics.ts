import { topic } from '../events';
import type { SubmissionEvent } from './types';

/** How a scoring goes. */
export const SCORINGS = topic<SubmissionEvent>('scoring');
/** That there is something to score. Its one id is `ANY`. */
export const WAITING = topic<never>('waiting');
/** That a scoring of a run was cancelled, by the run's id. */
export const TAKEN_BACK = topic<never>('taken-back');
/** That the board is another one. Its one id is `ANY`. */
export const BOARD = topic<null>('board');
export const ANY = 'any';

/** By which the events of a scoring are told: by that of the headline a run's own (`scorer` is null), by another one its own. */
export const scoringId = (runId: string, scorer: string | null): string =>
  scorer === null ? runId : `${runId} ${scorer}`;
