import type { Breakdown } from '@/lib/benchmarks/benchmark';
import type { RunsComparison } from '@/lib/compare/compare-runs';
import type { Interval } from '@/lib/stats/score';

/** What was lost and gained by a tag's values, small: it is sent to the browser, which draws a table when it is opened. */
export interface TagRows {
  tag: string;
  label: string;
  /** The greatest loss first. */
  rows: readonly {
    value: string;
    total: number;
    baseline: number;
    runs: readonly {
      /** Its place among the sides. */
      run: number;
      accuracy: number;
      difference: number;
      interval: Pick<Interval, 'low' | 'high'>;
      pValue: number;
      adjustedP: number;
      fixed: number;
      broken: number;
      detectable: number | null;
    }[];
    /** In the order of `transitions`. */
    counts: readonly number[];
  }[];
}

export function tagRowsOf(
  { baseline, groups }: RunsComparison,
  breakdowns: readonly Breakdown[],
): readonly TagRows[] {
  return breakdowns.flatMap(({ tag, label }) => {
    const rows = groups.flatMap(({ group, total, figures, changes, transitions }) =>
      group?.tag !== tag
        ? []
        : [
            {
              value: group.value,
              total,
              baseline: figures[baseline]?.accuracy ?? 0,
              runs: changes.flatMap((change, run) => {
                if (change === null) return [];
                const { difference, interval, pValue, adjustedP, fixed, broken, detectable } = change;
                return [
                  {
                    run,
                    accuracy: figures[run]?.accuracy ?? 0,
                    difference,
                    interval: { low: interval.low, high: interval.high },
                    ...{ pValue, adjustedP, fixed, broken, detectable },
                  },
                ];
              }),
              counts: transitions.map(({ count }) => count),
            },
          ],
    );
    return rows.length === 0 ? [] : [{ tag, label, rows }];
  });
}
