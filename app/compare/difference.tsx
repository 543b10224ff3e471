import { rangeWords } from '@/lib/compare/comparison-report';
import { SIGNIFICANT, signedPoints } from '@/lib/compare/comparison-words';
import type { Interval } from '@/lib/stats/score';

/** A difference with its interval: plain where it may be chance, which is also said. */
export function Difference({
  difference,
  interval,
  pValue,
}: {
  difference: number;
  interval: Pick<Interval, 'low' | 'high'>;
  pValue: number;
}) {
  const known = pValue < SIGNIFICANT;
  return (
    <span className="compare-difference">
      <span className={known ? `delta delta-${difference > 0 ? 'up' : 'down'}` : 'delta delta-none'}>
        {signedPoints(difference)}
        {known ? null : <span className="sr-only">, which may be chance</span>}
      </span>{' '}
      <span className="interval-range">{rangeWords(interval)}</span>
    </span>
  );
}
