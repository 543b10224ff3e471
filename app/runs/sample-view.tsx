'use client';

import { Fragment, type Ref } from 'react';
import type { SampleDetail } from '@/server/evals/types';
import { formatCount } from '../ui/format';
import { goldText, optionLetter, optionOf, shorten } from './answer-text';
import { OUTCOME_WORDS, OutcomeMark } from './outcome';
import { thinkingOf, visible } from './output-pieces';
import { OutputView } from './output-view';
import { SampleImage } from './sample-image';

/** An answer may be the whole of a long output. */
const ANSWER = 600;

/** One sample with its verdict: what was asked, what was right, what was said, and why it counts as it does. */
export function SampleView({
  sample,
  tagLabels,
  headingRef,
}: {
  sample: SampleDetail;
  /** Label of a tag, by its id. */
  tagLabels: Readonly<Record<string, string>>;
  headingRef: Ref<HTMLHeadingElement>;
}) {
  const gold = goldText(sample.gold);
  const tags = Object.entries(sample.tags);
  return (
    <article className="sample" aria-labelledby="sample-heading">
      <h3 id="sample-heading" ref={headingRef} tabIndex={-1} className="sample-heading">
        <span className="text-muted">Sample</span> <bdi className="break-all">{sample.sampleId}</bdi>
      </h3>
      <div className={`verdict verdict-${sample.outcome}`}>
        <OutcomeMark outcome={sample.outcome} />
        <p>
          <strong>{OUTCOME_WORDS[sample.outcome]}</strong>
          <span className="verdict-reason" dir="auto">
            {visible(shorten(sample.reason, ANSWER))}
          </span>
        </p>
      </div>
      <dl className="sample-answers">
        <div>
          <dt>Gold</dt>
          <dd dir="auto">{gold}</dd>
        </div>
        <div>
          <dt>Extracted answer</dt>
          <dd dir="auto">
            {sample.answer === null ? (
              <span className="text-muted font-normal">none found</span>
            ) : (
              visible(shorten(sample.answer, ANSWER))
            )}
          </dd>
        </div>
      </dl>
      <div>
        <h4 className="label">Question</h4>
        <p className="sample-question" dir="auto">
          {visible(sample.question)}
        </p>
        {sample.options === null ? null : (
          <Options options={sample.options} gold={gold} answer={sample.answer} />
        )}
      </div>
      {/* Keyed, so that the next sample's image does not begin with this one's size. */}
      <SampleImage key={sample.sampleId} sample={sample} />
      {sample.output === null ? (
        <p className="text-muted">The file has no output for this sample; it counts as wrong.</p>
      ) : (
        <OutputView
          key={`output ${sample.sampleId}`}
          output={sample.output}
          thinking={thinkingOf(sample.output)}
          span={sample.span}
        />
      )}
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
  answer,
}: {
  options: readonly string[];
  gold: string;
  answer: string | null;
}) {
  const right = optionOf(gold, options);
  const chosen = answer === null ? null : optionOf(answer, options);
  return (
    <ol className="sample-options">
      {options.map((option, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place
          key={index}
          className={index === right ? 'option-gold' : index === chosen ? 'option-chosen' : undefined}
        >
          <span className="option-letter">{optionLetter(index)}</span>
          <span dir="auto">{visible(option)}</span>
          {index === right ? <span className="option-note">gold</span> : null}
          {index === chosen ? <span className="option-note">answer</span> : null}
        </li>
      ))}
    </ol>
  );
}
