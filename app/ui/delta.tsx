import { formatDelta } from './format';

/** A difference in percentage points: signed, and coloured by direction beside the sign where it is beyond chance. `to` names what it is taken to. */
export function Delta({
  value,
  beyondChance = true,
  to,
}: {
  value: number;
  beyondChance?: boolean;
  to?: string;
}) {
  const text = formatDelta(value);
  const direction = !beyondChance
    ? 'none'
    : text.startsWith('+')
      ? 'up'
      : text.startsWith('−')
        ? 'down'
        : 'none';
  return (
    <span className={`delta delta-${direction}`}>
      {text}
      {to === undefined ? null : <span className="sr-only"> to {to}</span>}
      {beyondChance ? null : <span className="sr-only">, which may be chance</span>}
    </span>
  );
}
