import type { Interval } from '@/lib/stats/score';
import { formatInterval, formatPercent } from './format';

/** A figure in percent with its 95 % interval, in one line: `87.3 86.4–88.2`. Without an interval, the figure alone. */
export function IntervalText({ value, interval }: { value: number; interval: Interval | null }) {
  return (
    <span className="interval">
      <span className="interval-value">{formatPercent(value)}</span>
      {interval === null ? null : <IntervalRange interval={interval} />}
    </span>
  );
}

/** The range alone, said in words to those who do not see it. */
export function IntervalRange({ interval }: { interval: Interval }) {
  return (
    <span className="interval-range">
      <span className="sr-only">95 % interval </span>
      {formatInterval(interval)}
    </span>
  );
}

/**
 * The same as a picture: a dot on a track with a whisker for the interval. `domain` is what the track spans, in
 * percent. Hidden from screen readers: it stands beside the text.
 */
export function IntervalBar({
  value,
  interval,
  domain = [0, 100],
}: {
  value: number;
  interval: Interval | null;
  domain?: readonly [number, number];
}) {
  const [from, to] = domain;
  const at = (percent: number) =>
    `${(Math.min(1, Math.max(0, (percent - from) / (to - from))) * 100).toFixed(2)}%`;
  return (
    <svg className="interval-bar" width="100%" height="10" aria-hidden="true">
      <line className="interval-track" x1="0" x2="100%" y1="5" y2="5" />
      {interval === null ? null : (
        <>
          <line className="interval-whisker" x1={at(interval.low)} x2={at(interval.high)} y1="5" y2="5" />
          <line className="interval-end" x1={at(interval.low)} x2={at(interval.low)} y1="2" y2="8" />
          <line className="interval-end" x1={at(interval.high)} x2={at(interval.high)} y1="2" y2="8" />
        </>
      )}
      <circle className="interval-dot" cx={at(value)} cy="5" r="3" />
    </svg>
  );
}
