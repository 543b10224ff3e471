import type { SampleRow } from '@/server/evals/types';
import { visible } from '../ui/visible';
import { goldText, shorten } from './answer-text';

/** What was right, what was said, and why it counts as it does, in one line. */
export function AnswerLine({ row }: { row: SampleRow }) {
  return (
    <span className="answer-line">
      gold <bdi className="answer-value">{shorten(goldText(row.gold), 60)}</bdi>
      {row.answer === null ? null : (
        <>
          <span aria-hidden="true"> · </span>answer{' '}
          <bdi className="answer-value">{visible(shorten(row.answer, 60))}</bdi>
        </>
      )}
      <span aria-hidden="true"> · </span>
      <bdi>{visible(shorten(row.reason, 160))}</bdi>
    </span>
  );
}
