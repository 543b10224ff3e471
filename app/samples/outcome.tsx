import type { Outcome } from '@/lib/scoring/scorer';

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  correct: 'Correct',
  wrong: 'Wrong',
  'needs-judge': 'Needs a judge',
  'timed-out': 'Timed out',
  missing: 'Missing',
};

const SHAPES: Readonly<Record<Outcome, string>> = {
  correct: 'M4.5 8.3 7 10.8 11.6 5.6',
  wrong: 'M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6',
  'needs-judge': 'M6 6.4a2 2 0 1 1 2.8 1.8q-.8.4-.8 1.3M8 11.6v.1',
  'timed-out': 'M8 4.6V8l2.4 1.6',
  missing: 'M5 8h6',
};

/** An outcome by shape and colour; it stands beside its word or carries it for screen readers. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  return (
    <svg
      className={`outcome-mark outcome-${outcome}`}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="7" />
      <path d={SHAPES[outcome]} />
    </svg>
  );
}
