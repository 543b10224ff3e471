import { STATE_WORDS } from './job-words';
import type { JobRow } from './types';

/** A sign of its own for each state, beside its word. */
const SIGNS = { waiting: '◌', running: '▶', succeeded: '✓', failed: '✕', cancelled: '■' } as const;

export const StateMark = ({ state }: { state: JobRow['state'] }) => (
  <span className={`job-state job-state-${state}`}>
    <span aria-hidden="true">{SIGNS[state]}</span> {STATE_WORDS[state]}
  </span>
);
