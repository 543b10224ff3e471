import Link from 'next/link';
import type { SampleRow } from '@/server/evals/types';
import { AnswerLine } from '../samples/answer-line';
import { sharedOpening, shorten, withoutOpening } from '../samples/answer-text';
import { viewQuery } from '../samples/samples-url';
import { visible } from '../ui/visible';

/** The first failures of a draft, so that a wrong rule or a wrong file is seen before it is published. */
export function RunFailures({ runId, rows }: { runId: string; rows: readonly SampleRow[] }) {
  if (rows.length === 0)
    return <p className="text-muted">Every answer is right; there is no failure to look at.</p>;
  const opening = sharedOpening(rows.map((row) => row.question));
  return (
    <>
      <h3 className="label">The first {rows.length === 1 ? 'failure' : `${rows.length} failures`}</h3>
      <ol className="run-failures">
        {rows.map((row) => (
          <li key={row.sampleId}>
            <Link
              href={`/runs/${encodeURIComponent(runId)}${viewQuery({ filter: { outcome: 'wrong' }, sampleId: row.sampleId })}#samples`}
            >
              <bdi>{visible(shorten(withoutOpening(row.question, opening), 160))}</bdi>
            </Link>
            <AnswerLine row={row} />
          </li>
        ))}
      </ol>
    </>
  );
}
