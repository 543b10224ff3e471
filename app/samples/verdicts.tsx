import type { ReactNode } from 'react';
import type { Gold } from '@/lib/samples/sample';
import type { VerdictDetail } from '@/server/evals/types';
import { goldText } from './answer-text';
import { AnswerValue, VerdictLine } from './sample-view';

/** One of several verdicts on a sample, with the answer that was taken out of the output. */
export function VerdictOf({
  label,
  heading,
  verdict,
}: {
  /** Whose it is, for those who do not see where it stands. */
  label: string;
  heading: ReactNode;
  verdict: VerdictDetail;
}) {
  return (
    <section aria-label={label}>
      <h4 className="label">{heading}</h4>
      <VerdictLine verdict={verdict} />
      <dl className="sample-answers">
        <div>
          <dt>Extracted answer</dt>
          <dd dir="auto">
            <AnswerValue answer={verdict.answer} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** The right answer, once for all of them. */
export function GoldAnswer({ gold }: { gold: Gold }) {
  return (
    <dl className="sample-answers">
      <div>
        <dt>Gold</dt>
        <dd dir="auto">{goldText(gold)}</dd>
      </div>
    </dl>
  );
}
