import { tQuantile } from './intervals';

export interface MeanFigure {
  count: number;
  mean: number;
  /** 95 %, by Student's t; null of fewer than two values. */
  interval: { low: number; high: number } | null;
}

/** The mean of independent values with its interval; null of none. */
export function meanOf(values: readonly number[]): MeanFigure | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, interval: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = tQuantile(count - 1) * Math.sqrt(squares / (count - 1) / count);
  return { count, mean, interval: { low: mean - half, high: mean + half } };
}
