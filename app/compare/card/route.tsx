import { answersOf } from '@/lib/compare/comparison-report';
import { shareCard } from '../../ui/share-card';
import { readAddress } from '../compare-url';
import { readComparison } from '../read-comparison';

/** The card of a comparison, by the address that it has: cards that lie beside a page do not hear its query. */
export async function GET(request: Request): Promise<Response> {
  const comparison = await readComparison(readAddress(new URL(request.url).searchParams));
  const set = comparison?.open ?? null;
  if (comparison === null || set === null)
    return new Response('There is nothing to compare.', { status: 404 });
  return shareCard({
    kind: 'Comparison',
    title: `${[...new Set(comparison.runs.map(({ model }) => model))].join(', ')} on ${set.benchmark.name}`,
    lines: answersOf(set).slice(0, 3),
  });
}
