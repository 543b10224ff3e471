import type { Sample } from '@/lib/samples/sample';
import { OUTCOMES, type Outcome } from '@/lib/scoring/scorer';
import { clusterPlaces } from '@/lib/stats/paired-comparison';

/** What a comparison needs of samples and runs, small: no texts, in the data's order. */

export type GroupedSample = Pick<Sample, 'tags' | 'cluster'>;

/** The pictures and tags of the samples of one version of a benchmark's data. */
export interface PackedSamples {
  count: number;
  /** The picture of each sample, as a number; null where no two share one. */
  clusters: readonly number[] | null;
  /** By tag: its values, and which of them each sample has, one or several, as places. */
  tags: Readonly<Record<string, { values: readonly string[]; of: readonly (number | readonly number[])[] }>>;
}

export function packSamples(samples: readonly GroupedSample[], tags: readonly string[]): PackedSamples {
  const clusters = clusterPlaces(samples);
  return {
    count: samples.length,
    clusters: clusters.every((cluster, place) => cluster === place) ? null : clusters,
    tags: Object.fromEntries(
      tags.map((tag) => {
        const places = new Map<string, number>();
        const placeOf = (value: string) => {
          const place = places.get(value) ?? places.size;
          places.set(value, place);
          return place;
        };
        const of = samples.map((sample) => {
          const value = sample.tags[tag] ?? [];
          return typeof value === 'string' ? placeOf(value) : value.map(placeOf);
        });
        return [tag, { values: [...places.keys()], of }];
      }),
    ),
  };
}

export function unpackSamples({ count, clusters, tags }: PackedSamples): GroupedSample[] {
  return Array.from({ length: count }, (_, place) => ({
    cluster: String(clusters?.[place] ?? place),
    tags: Object.fromEntries(
      Object.entries(tags).map(([tag, { values, of }]) => {
        const own = of[place] ?? [];
        return [tag, typeof own === 'number' ? (values[own] ?? '') : own.map((value) => values[value] ?? '')];
      }),
    ),
  }));
}

/** A digit an outcome: its place in OUTCOMES. */
export type PackedOutcomes = string;

export const packOutcomes = (outcomes: readonly Outcome[]): PackedOutcomes =>
  outcomes.map((outcome) => OUTCOMES.indexOf(outcome)).join('');

export const unpackOutcomes = (packed: PackedOutcomes): Outcome[] =>
  Array.from(packed, (digit) => OUTCOMES[Number(digit)] ?? 'missing');
