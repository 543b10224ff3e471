import { STATE_WORDS } from './job-words';
import type { JobRow } from './types';

/** A sign of its own for each state, beside its word or a sentence on it. */
const SIGNS = { waiting: '◌', running: '▶', succeeded: '✓', failed: '✕', cancelled: '■' } as const;

export const StateMark = ({ state, sentence }: { state: JobRow['state']; sentence?: string }) => (
  <span className={`job-state job-state-${state}`}>
    <span aria-hidden="true">{SIGNS[state]}</span> {sentence ?? STATE_WORDS[state]}
  </span>
);
