/** Places of values on an axis. */
export interface Scale {
  at: (value: number) => number;
  ticks: readonly number[];
}

/** An axis from `start` to `end` (pixels) that holds all values, its ends on round numbers; about `count` ticks. */
export function scaleOf(
  values: readonly number[],
  [start, end]: readonly [number, number],
  count: number,
  { fromZero = false, tight = false }: { fromZero?: boolean; tight?: boolean } = {},
): Scale {
  const low = Math.min(...values, ...(fromZero || values.length === 0 ? [0] : []));
  const high = Math.max(...values, ...(values.length === 0 ? [1] : []));
  const step = roundStep((high - low || Math.abs(high) || 1) / count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const [from, to] = tight ? [low, high] : [first * step, last * step];
  const ticks = Array.from({ length: last - first + 1 }, (_, n) =>
    Number(((first + n) * step).toPrecision(12)),
  ).filter((tick) => tick >= from - 1e-9 && tick <= to + 1e-9);
  return { at: (value) => start + ((value - from) / (to - from || 1)) * (end - start), ticks };
}

/** The next of 1, 2, 2.5, 5, 10 … that is not smaller. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}
