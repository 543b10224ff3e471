import { topic } from '../events';

/** That there is something of a job to look at, by its id. */
export const JOBS = topic<never>('job');
/** That a job waits for an agent. Its one id is `ANY`. */
export const WAITING = topic<never>('job-waiting');
export const ANY = 'any';
