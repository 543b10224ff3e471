import Link from 'next/link';
import type { SampleRow } from '@/server/evals/types';
import { goldText, shorten } from './answer-text';
import { visible } from './output-pieces';
import { viewQuery } from './samples-url';

/** The first failures of a draft, so that a wrong rule or a wrong file is seen before it is published. */
export function RunFailures({ runId, rows }: { runId: string; rows: readonly SampleRow[] }) {
  if (rows.length === 0)
    return <p className="text-muted">Every answer is right; there is no failure to look at.</p>;
  return (
    <div className="table-scroll">
      <table className="data-table run-failures">
        <caption>The first {rows.length === 1 ? 'failure' : `${rows.length} failures`}</caption>
        <thead>
          <tr>
            <th scope="col">Sample</th>
            <th scope="col">Question</th>
            <th scope="col">Gold</th>
            <th scope="col">Answer</th>
            <th scope="col">Why it is wrong</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.sampleId}>
              <th scope="row">
                <Link
                  href={`/runs/${encodeURIComponent(runId)}${viewQuery({ filter: { outcome: 'wrong' }, sampleId: row.sampleId })}#samples`}
                >
                  {row.sampleId}
                </Link>
              </th>
              <td dir="auto">{visible(shorten(row.question, 120))}</td>
              <td dir="auto">{shorten(goldText(row.gold), 60)}</td>
              <td dir="auto">
                {row.answer === null ? (
                  <span className="text-muted">none</span>
                ) : (
                  visible(shorten(row.answer, 60))
                )}
              </td>
              <td dir="auto">{visible(shorten(row.reason, 160))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
