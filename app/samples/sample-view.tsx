'use client';

import { Fragment, type ReactNode, type Ref } from 'react';
import type { SampleDetail, VerdictRow } from '@/server/evals/types';
import { formatCount } from '../ui/format';
import { visible } from '../ui/visible';
import { goldText, optionLetter, optionOf, shorten } from './answer-text';
import { OUTCOME_WORDS, OutcomeMark } from './outcome';
import { thinkingOf } from './output-parts';
import { type Mark, OutputView } from './output-view';
import { boxesOf, type SampleBox, SampleImage } from './sample-image';

/** An answer may be the whole of a long output. */
const ANSWER = 600;

/** One sample with its verdict: what was asked, what was right, what was said, and why it counts as it does. */
export function SampleView({
  sample,
  ...rest
}: {
  sample: SampleDetail;
  /** Label of a tag, by its id. */
  tagLabels: Readonly<Record<string, string>>;
  headingRef: Ref<HTMLHeadingElement>;
}) {
  return (
    <SampleFrame
      {...rest}
      sample={sample}
      answers={[{ name: 'answer', answer: sample.answer }]}
      boxes={boxesOf(sample)}
      output={<OneOutput sample={sample} marks={answerMark(sample, null)} />}
    >
      <VerdictLine verdict={sample} />
      <dl className="sample-answers">
        <div>
          <dt>Gold</dt>
          <dd dir="auto">{goldText(sample.gold)}</dd>
        </div>
        <div>
          <dt>Extracted answer</dt>
          <dd dir="auto">
            <AnswerValue answer={sample.answer} />
          </dd>
        </div>
      </dl>
    </SampleFrame>
  );
}

/** Where the answer was found. */
export const answerMark = ({ span }: Pick<SampleDetail, 'span'>, name: string | null): Mark[] =>
  span === null ? [] : [{ kind: 'answer', span, name }];

/** A run's output on a sample. */
export function OneOutput({ sample, marks }: { sample: SampleDetail; marks: readonly Mark[] }) {
  return sample.output === null ? (
    <p className="text-muted">The file has no output for this sample; it counts as wrong.</p>
  ) : (
    <OutputView
      key={`output ${sample.sampleId}`}
      output={sample.output}
      thinking={thinkingOf(sample.output)}
      marks={marks}
    />
  );
}

/** An outcome and its reason. */
export function VerdictLine({ verdict }: { verdict: VerdictRow }) {
  return (
    <div className={`verdict verdict-${verdict.outcome}`}>
      <OutcomeMark outcome={verdict.outcome} />
      <p>
        <strong>{OUTCOME_WORDS[verdict.outcome]}</strong>
        <span className="verdict-reason" dir="auto">
          {visible(shorten(verdict.reason, ANSWER))}
        </span>
      </p>
    </div>
  );
}

export const AnswerValue = ({ answer }: { answer: string | null }) =>
  answer === null ? (
    <span className="text-muted font-normal">none found</span>
  ) : (
    visible(shorten(answer, ANSWER))
  );

/** All of a sample but its verdicts, which are the children, and its outputs. */
export function SampleFrame({
  sample,
  answers,
  boxes,
  output,
  tagLabels,
  headingRef,
  children,
}: {
  sample: SampleDetail;
  /** What was extracted, to be pointed out among the options. */
  answers: readonly { name: string; answer: string | null }[];
  boxes: readonly SampleBox[];
  output: ReactNode;
  tagLabels: Readonly<Record<string, string>>;
  headingRef: Ref<HTMLHeadingElement>;
  children: ReactNode;
}) {
  const tags = Object.entries(sample.tags);
  return (
    <article className="sample" aria-labelledby="sample-heading">
      <h3 id="sample-heading" ref={headingRef} tabIndex={-1} className="sample-heading">
        <span className="text-muted">Sample</span> <bdi className="break-all">{sample.sampleId}</bdi>
      </h3>
      {children}
      <div className="sample-ask">
        <h4 className="label">Question</h4>
        <p className="sample-question" dir="auto">
          {visible(sample.question)}
        </p>
        {sample.options === null ? null : (
          <Options options={sample.options} gold={goldText(sample.gold)} answers={answers} />
        )}
      </div>
      {/* Keyed, so that the next sample's image does not begin with this one's size. */}
      <SampleImage key={sample.sampleId} sample={sample} boxes={boxes} />
      {output}
      {tags.length > 0 || sample.tokens !== null ? (
        <dl className="facts sample-tags">
          {tags.map(([tag, value]) => (
            <Fragment key={tag}>
              <dt>{tagLabels[tag] ?? tag}</dt>
              <dd dir="auto">{[value].flat().join(', ')}</dd>
            </Fragment>
          ))}
          {sample.tokens === null ? null : (
            <>
              <dt>Tokens</dt>
              <dd>{formatCount(sample.tokens)}</dd>
            </>
          )}
        </dl>
      ) : null}
    </article>
  );
}

function Options({
  options,
  gold,
  answers,
}: {
  options: readonly string[];
  gold: string;
  answers: readonly { name: string; answer: string | null }[];
}) {
  const right = optionOf(gold, options);
  const chosen = answers.map(({ name, answer }) => ({
    name,
    index: answer === null ? null : optionOf(answer, options),
  }));
  return (
    <ol className="sample-options">
      {options.map((option, index) => {
        const names = chosen.filter((each) => each.index === index).map(({ name }) => name);
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place
            key={index}
            className={index === right ? 'option-gold' : names.length > 0 ? 'option-chosen' : undefined}
          >
            <span className="option-letter">{optionLetter(index)}</span>
            <span dir="auto">{visible(option)}</span>
            {index === right ? <span className="option-note">gold</span> : null}
            {names.map((name) => (
              <span key={name} className="option-note">
                {name}
              </span>
            ))}
          </li>
        );
      })}
    </ol>
  );
}
