import type { ComparedFilter } from '@/lib/compare/listed-samples';
import { formatCount } from '../ui/format';
import { type CompareAddress, compareQuery } from './compare-url';

/** Where the samples of a filter are listed. */
export const samplesHref = (address: CompareAddress, filter: ComparedFilter): string =>
  `/compare${compareQuery(address, { filter: { ...filter, order: 'lost' }, sampleId: null })}#samples`;

/** A count that leads to its samples; plain where there are none. */
export function SamplesLink({
  address,
  filter,
  count,
  label,
}: {
  address: CompareAddress;
  filter: ComparedFilter;
  count: number;
  /** What they are, for those who do not see where the count stands. */
  label: string;
}) {
  return count === 0 ? (
    <span className="text-muted">0</span>
  ) : (
    <a data-samples href={samplesHref(address, filter)} aria-label={`${formatCount(count)} ${label}`}>
      {formatCount(count)}
    </a>
  );
}
