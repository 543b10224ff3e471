import { comparisonCsv, comparisonJson, comparisonMarkdown } from '@/lib/compare/comparison-report';
import { readAddress } from '../compare-url';
import { readComparison } from '../read-comparison';

/** A comparison as a file: its address with `format=csv`, `json` or `markdown`; of all benchmarks that it is over. */
export async function GET(request: Request): Promise<Response> {
  const params = new URL(request.url).searchParams;
  const comparison = await readComparison(readAddress(params));
  if (comparison === null || comparison.sets.length === 0)
    return new Response(comparison?.leftOut.join('\n') || 'There is nothing to compare.', {
      status: 404,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
    });
  const { sets, leftOut } = comparison;
  const [text, type, ending] =
    params.get('format') === 'json'
      ? [`${JSON.stringify(comparisonJson(sets, leftOut), null, 2)}\n`, 'application/json', 'json']
      : params.get('format') === 'markdown'
        ? [comparisonMarkdown(sets, leftOut), 'text/markdown', 'md']
        : [comparisonCsv(sets), 'text/csv', 'csv'];
  return new Response(text, {
    headers: {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Disposition': `attachment; filename="ocean-r1-comparison.${ending}"`,
      'Cache-Control': 'no-store',
    },
  });
}
