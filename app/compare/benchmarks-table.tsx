import Link from 'next/link';
import type { PlacedSet } from '@/lib/compare/compare-loaded';
import { bareP, changesOf } from '@/lib/compare/comparison-report';
import { points } from '@/lib/compare/comparison-words';
import { formatCount } from '../ui/format';
import { addressQuery, type CompareAddress } from './compare-url';
import { Difference } from './difference';
import { Columns, figureColumns, VISIBLE, WideTable } from './wide-table';

/** What the runs have over their baseline on every benchmark that they share; the name opens one. */
export function BenchmarksTable({
  address,
  sets,
  open,
}: {
  address: CompareAddress;
  sets: readonly PlacedSet[];
  open: PlacedSet;
}) {
  const rows = sets.flatMap((set) => [
    ...(set.comparison === null
      ? []
      : changesOf(set.comparison, set.comparison.all).map(({ name, change }) => ({
          ...{ set, name, paired: true, figures: change },
          baseline: set.comparison?.names[set.comparison.baseline] ?? '',
          ...{ fixed: formatCount(change.fixed), broken: formatCount(change.broken) },
        }))),
    ...set.unpaired.map(({ name, baseline, comparison }) => ({
      ...{ set, name, baseline, paired: false, figures: comparison },
      ...{ fixed: '', broken: '' },
    })),
  ]);
  return (
    <WideTable className="panel" label="All benchmarks">
      <caption className="compare-caption">Every benchmark that two of them share</caption>
      <Columns
        columns={[
          'Benchmark',
          'Run',
          'Against',
          ...figureColumns('Difference', 'p', 'Fixed', 'Broken'),
          VISIBLE,
          'Evidence',
        ]}
      />
      <tbody>
        {rows.map(({ set, name, baseline, paired, figures, fixed, broken }) => (
          <tr
            key={`${set.benchmark.id} ${set.split.id} ${name}`}
            className={set === open ? 'compare-open' : undefined}
          >
            <th scope="row">
              <Link
                href={`/compare${addressQuery({ ...address, benchmark: set.benchmark.id, split: set.split.id })}`}
                aria-current={set === open ? 'true' : undefined}
                prefetch={false}
              >
                {set.benchmark.name}
              </Link>{' '}
              <span className="text-muted">{set.split.label}</span>
            </th>
            <td>
              <bdi>{name}</bdi>
            </td>
            <td>
              <bdi>{baseline}</bdi>
            </td>
            <td className="num">
              <Difference {...figures} />
            </td>
            <td className="num">{bareP(figures.pValue)}</td>
            <td className="num">{fixed}</td>
            <td className="num">{broken}</td>
            <td className="num">{figures.detectable === null ? 'none' : points(figures.detectable)}</td>
            <td>{paired ? 'paired, sample by sample' : 'unpaired, a figure is only reported'}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
