import { formatDelta } from './format';

/** A difference in percentage points: signed, and coloured by direction beside the sign. `to` names what it is taken to. */
export function Delta({ value, to }: { value: number; to?: string }) {
  const text = formatDelta(value);
  const direction = text.startsWith('+') ? 'delta-up' : text.startsWith('−') ? 'delta-down' : 'delta-none';
  return (
    <span className={`delta ${direction}`}>
      {text}
      {to === undefined ? null : <span className="sr-only"> to {to}</span>}
    </span>
  );
}
