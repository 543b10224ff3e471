import type { Curve } from './types';

/** Curves as they are drawn: what was measured since, in line with others, smoothed, in words. All pure. */

/** Spans of a curve at the most: a panel has about as many pixels. */
export const CURVE_POINTS = 500;

/** A step as it was measured. */
export interface Measured {
  step: number;
  at: Date;
  values: Readonly<Record<string, number | string>>;
}

const EMPTY: Curve = { steps: [], low: [], high: [], at: [] };

/** A curve with what was measured behind its end. */
export function withTail(curve: Curve | undefined, name: string, tail: readonly Measured[]): Curve {
  const known = curve ?? EMPTY;
  const last = known.steps.at(-1) ?? -1;
  const more = tail.filter(({ step, values }) => step > last && typeof values[name] === 'number');
  if (more.length === 0) return known;
  const values = more.map((each) => Number(each.values[name]));
  return {
    steps: [...known.steps, ...more.map(({ step }) => step)],
    low: [...known.low, ...values],
    high: [...known.high, ...values],
    at: [...known.at, ...more.map(({ at }) => at.getTime())],
  };
}

/** The middle of each span, each mixed with what came before: `weight` of it; the beginning is not drawn towards 0. */
export function smoothed({ low, high }: Curve, weight: number): number[] {
  let mean = 0;
  let trust = 0;
  return low.map((value, at) => {
    const middle = (value + (high[at] ?? value)) / 2;
    mean = weight * mean + (1 - weight) * middle;
    trust = weight * trust + (1 - weight);
    return mean / trust;
  });
}

/** Steps, or seconds since the first of them. */
export function placesOf({ steps, at }: Curve, x: 'step' | 'time'): number[] {
  if (x === 'step') return [...steps];
  const first = at[0] ?? 0;
  // Two steps in one millisecond are two places all the same: a chart's places only grow.
  let last = -1;
  return at.map((time) => {
    last = Math.max((time - first) / 1_000, last + 1e-6);
    return last;
  });
}

/** Places, and for each curve its lowest, highest and smoothed values there; null where it has none. */
export type Table = [places: number[], ...columns: (number | null)[][]];

/** Curves on the places of them all, three columns each. */
export function alignedTable(
  curves: readonly {
    places: readonly number[];
    low: readonly number[];
    high: readonly number[];
    line: readonly number[];
  }[],
): Table {
  const [only] = curves;
  if (curves.length === 1 && only !== undefined)
    return [[...only.places], [...only.low], [...only.high], [...only.line]];
  const places = [...new Set(curves.flatMap((each) => each.places))].sort((a, b) => a - b);
  const rowOf = new Map(places.map((place, row) => [place, row]));
  const columns = curves.flatMap(({ places: own, low, high, line }) =>
    [low, high, line].map((values) => {
      const column = new Array<number | null>(places.length).fill(null);
      own.forEach((place, at) => {
        column[rowOf.get(place) ?? 0] = values[at] ?? null;
      });
      return column;
    }),
  );
  return [places, ...columns];
}

/** The index of the place that is nearest; -1 where there is none. Places grow. */
export function nearest(places: readonly number[], wanted: number): number {
  let [low, high] = [0, places.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [places[low - 1], places[low]];
  if (before !== undefined && after !== undefined && wanted - before <= after - wanted) return low - 1;
  return places.length === 0 ? -1 : low;
}

/** A figure of any size in five signs or so. */
export function formatValue(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-4
      ? value.toExponential(2)
      : size >= 1_000
        ? Math.round(value).toLocaleString('en-GB')
        : String(Number(value.toPrecision(4)));
  return text.replace(/-/g, '−');
}

/** A curve in one sentence, for who does not see it. */
export function curveWords(name: string, { steps, low, high }: Curve): string {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return `${name}: nothing measured yet.`;
  const value = (at: number) => formatValue(((low.at(at) ?? 0) + (high.at(at) ?? 0)) / 2);
  if (steps.length === 1) return `${name}: ${value(0)} at step ${first}.`;
  const [least, most] = [low.reduce((a, b) => Math.min(a, b)), high.reduce((a, b) => Math.max(a, b))];
  return `${name}: from ${value(0)} at step ${first} to ${value(-1)} at step ${last}; between ${formatValue(least)} and ${formatValue(most)}.`;
}

/** A smooth-less outline of a curve as the `d` of a path in a box of 100 by 40, for pages before their scripts. */
export function outline({ steps, low, high }: Curve): string {
  const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 0];
  const [least, most] = [
    low.reduce((a, b) => Math.min(a, b), Infinity),
    high.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const every = Math.max(1, Math.ceil(steps.length / 150));
  return steps
    .map((step, at) => {
      const x = last === first ? 50 : ((step - first) / (last - first)) * 100;
      const middle = ((low[at] ?? 0) + (high[at] ?? 0)) / 2;
      const y = most === least ? 20 : 38 - ((middle - least) / (most - least)) * 36;
      return `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .filter((_, at) => at % every === 0 || at === steps.length - 1)
    .join('');
}

/** The step that was being taken at a time: the last one measured until then, else the first; null of an empty curve. */
export function stepAt({ steps, at }: Curve, time: number): number | null {
  const later = at.findIndex((each) => each > time);
  return (later === -1 ? steps.at(-1) : steps[Math.max(0, later - 1)]) ?? null;
}

/** The metrics that are shown at first: what says most of each kind of training, as far as it was measured. */
export function firstMetrics(measured: readonly string[]): string[] {
  const wanted = [
    'critic/score/mean',
    'val/score',
    'response_length/mean',
    'rollout/equal_groups',
    'actor/entropy_loss',
    'rollout/truncated',
    'sft/loss',
    'sft/likely_tokens',
    'tower/loss',
    'tower/iou_over_half',
    'tower/count',
    'actor/grad_norm',
  ];
  const found = wanted.filter((name) => measured.includes(name)).slice(0, 6);
  return found.length > 0 ? found : measured.slice(0, 6);
}

/** Metrics in their groups: what stands before the first slash. */
export function metricGroups(names: readonly string[]): [group: string, names: string[]][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const group = name.includes('/') ? name.slice(0, name.indexOf('/')) : 'other';
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups];
}
