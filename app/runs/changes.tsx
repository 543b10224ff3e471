'use client';

import { memo, type Ref, useCallback, useMemo, useRef } from 'react';
import type { Outcome } from '@/lib/scoring/scorer';
import { changedCount } from '@/lib/stats/compare-outcomes';
import type {
  ChangedRow,
  ChangeFilter,
  RunPage,
  SampleDetail,
  ScorerComparison,
  VerdictDetail,
} from '@/server/evals/types';
import { goldText, shorten } from '../samples/answer-text';
import { Browse, type ChangeFilter as ChangeOf, type FirstRead, type SampleSource } from '../samples/browse';
import { OUTCOME_WORDS, OutcomeMark } from '../samples/outcome';
import { RowQuestion } from '../samples/row-question';
import { boxesOf } from '../samples/sample-image';
import { answerMark, OneOutput, SampleFrame } from '../samples/sample-view';
import type { View } from '../samples/samples-url';
import { tagLabelsOf } from '../samples/tag-labels';
import { TagSelect } from '../samples/tag-select';
import { GoldAnswer, VerdictOf } from '../samples/verdicts';
import { formatCount } from '../ui/format';
import { EmptyState } from '../ui/state';
import { visible } from '../ui/visible';
import { changeKey, changesQuery, type Pair, readChanges } from './compare-url';
import { type ComparedFigure, ComparisonFigures, ScorerLetter } from './comparison-figures';

/** A sample as both scorers see it. */
export interface ComparedSample {
  sampleId: string;
  /** With the verdict of A. */
  sample: SampleDetail;
  /** The verdict of B. */
  to: VerdictDetail;
}

export type ChangeSource = SampleSource<ChangeFilter, ChangedRow, ComparedSample>;

/** Two scorers of a run: the figures, then the samples whose verdict changed. Stands inside a TrpcProvider. */
export function Changes({
  runId,
  from,
  to,
  comparison,
  tags,
  source,
  first,
}: {
  runId: string;
  from: ComparedFigure;
  to: ComparedFigure;
  comparison: ScorerComparison;
  tags: RunPage['tags'];
  source: ChangeSource;
  first: FirstRead<ChangedRow, ComparedSample> | null;
}) {
  const pair = useMemo((): Pair => ({ from: from.id, to: to.id }), [from.id, to.id]);
  const queryOf = useCallback((view: View<ChangeFilter>) => changesQuery(pair, view), [pair]);
  const tagLabels = useMemo(() => tagLabelsOf(tags), [tags]);
  const all = comparison.transitions.reduce((sum, { count }) => sum + count, 0);
  const samples = useRef<HTMLElement>(null);
  const addressOf = (change: { from: Outcome; to: Outcome }) =>
    `/runs/${encodeURIComponent(runId)}/compare${queryOf({ filter: { change }, sampleId: null })}`;
  return (
    <>
      <ComparisonFigures
        from={from}
        to={to}
        comparison={comparison}
        hrefOf={(change) => `${addressOf(change)}#samples`}
        onChoose={(change) => {
          window.history.pushState(null, '', addressOf(change));
          samples.current?.scrollIntoView();
          samples.current?.focus({ preventScroll: true });
        }}
      />
      <section
        ref={samples}
        tabIndex={-1}
        id="samples"
        aria-labelledby="samples-heading"
        className="run-samples"
      >
        <h2 id="samples-heading">Samples</h2>
        <Browse
          source={source}
          first={first}
          readView={readChanges}
          queryOf={queryOf}
          linkFilter={{}}
          all={all}
          renderFilter={(filter, onChange) => (
            <ChangeFilterForm filter={filter} comparison={comparison} tags={tags} onChange={onChange} />
          )}
          renderRow={(row, place, opening) => <RowContent row={row} place={place} opening={opening} />}
          renderDetail={(compared, headingRef) => (
            <ComparedView
              compared={compared}
              labels={[from.label, to.label]}
              tagLabels={tagLabels}
              headingRef={headingRef}
            />
          )}
          renderEmpty={(filter, onChange) =>
            filter.change === undefined && filter.tag === undefined ? (
              <EmptyState title="No verdict differs">
                <p>A and B say the same of all {formatCount(all)} samples.</p>
              </EmptyState>
            ) : (
              <EmptyState title="No verdict changes like that">
                <button type="button" className="button mt-3" onClick={() => onChange(() => ({}))}>
                  Show all changed verdicts
                </button>
              </EmptyState>
            )
          }
        />
      </section>
    </>
  );
}

type Change = ChangeFilter['change'];

function ChangeFilterForm({
  filter,
  comparison: { transitions, otherAnswers },
  tags,
  onChange,
}: {
  filter: ChangeFilter;
  comparison: ScorerComparison;
  tags: RunPage['tags'];
  onChange: ChangeOf<ChangeFilter>;
}) {
  const chosen = filter.change === undefined ? '' : changeKey(filter.change);
  const choices: readonly { change: Change; count: number }[] = [
    { change: undefined, count: changedCount(transitions) },
    ...transitions
      .filter(({ from, to }) => from !== to)
      .map(({ from, to, count }) => ({ change: { from, to }, count })),
    { change: 'answer', count: otherAnswers },
  ];
  return (
    <form
      className="sample-filter"
      aria-label="Which samples are listed"
      onSubmit={(event) => event.preventDefault()}
    >
      <fieldset className="segments">
        <legend className="sr-only">Change from A to B</legend>
        {choices
          .map(({ change, count }) => ({ change, count, key: change === undefined ? '' : changeKey(change) }))
          .filter(({ key, count }) => key === '' || key === chosen || count > 0)
          .map(({ change, count, key }) => (
            <label key={key}>
              <input
                type="radio"
                name="change"
                className="sr-only"
                value={key}
                checked={key === chosen}
                onChange={() => onChange((now) => ({ ...now, change }))}
              />
              <ChangeName change={change} />
              <span className="segment-count">{formatCount(count)}</span>
            </label>
          ))}
      </fieldset>
      <TagSelect
        tags={tags}
        chosen={filter.tag}
        counted={false}
        onChoose={(tag) => onChange((now) => ({ ...now, tag }))}
      />
    </form>
  );
}

function ChangeName({ change }: { change: Change }) {
  if (change === undefined) return 'All changed';
  if (change === 'answer') return 'Same verdict, other answer';
  return (
    <>
      <OutcomeMark outcome={change.from} />
      {OUTCOME_WORDS[change.from]}
      <span aria-hidden="true">→</span>
      <span className="sr-only">to</span>
      <OutcomeMark outcome={change.to} />
      {OUTCOME_WORDS[change.to]}
    </>
  );
}

/** Kept while the list is scrolled. */
const RowContent = memo(function RowContent({
  row,
  place,
  opening,
}: {
  row: ChangedRow;
  place: number;
  opening: string;
}) {
  const { from, to } = row;
  const sameAnswer = from.answer === to.answer;
  return (
    <>
      <span className="change-marks">
        <OutcomeMark outcome={from.outcome} />
        <span aria-hidden="true">→</span>
        <OutcomeMark outcome={to.outcome} />
        <span className="sr-only">
          {OUTCOME_WORDS[from.outcome]} by A, {OUTCOME_WORDS[to.outcome]} by B:{' '}
        </span>
      </span>
      <RowQuestion question={row.question} place={place} opening={opening} />
      <span className="answer-line">
        gold <bdi className="answer-value">{shorten(goldText(row.gold), 40)}</bdi>
        <span aria-hidden="true"> · </span>
        {sameAnswer ? 'both' : 'A'} <Found answer={from.answer} />
        {sameAnswer ? null : (
          <>
            <span aria-hidden="true"> · </span>B <Found answer={to.answer} />
          </>
        )}
        <span aria-hidden="true"> · </span>
        <bdi>{visible(shorten(to.reason, 120))}</bdi>
      </span>
    </>
  );
});

const Found = ({ answer }: { answer: string | null }) =>
  answer === null ? 'no answer' : <bdi className="answer-value">{visible(shorten(answer, 40))}</bdi>;

function ComparedView({
  compared: { sample, to },
  labels: [fromLabel, toLabel],
  tagLabels,
  headingRef,
}: {
  compared: ComparedSample;
  labels: readonly [string, string];
  tagLabels: Readonly<Record<string, string>>;
  headingRef: Ref<HTMLHeadingElement>;
}) {
  const sides = [
    { letter: 'A', label: fromLabel, verdict: sample },
    { letter: 'B', label: toLabel, verdict: to },
  ] as const;
  return (
    <SampleFrame
      sample={sample}
      answers={sides.map(({ letter, verdict }) => ({ name: letter, answer: verdict.answer }))}
      boxes={boxesOf(sample)}
      output={
        <OneOutput
          sample={sample}
          marks={sides.flatMap(({ letter, verdict }) => answerMark(verdict, letter))}
        />
      }
      tagLabels={tagLabels}
      headingRef={headingRef}
    >
      <div className="compared-verdicts">
        {sides.map(({ letter, label, verdict }) => (
          <VerdictOf
            key={letter}
            label={`Verdict by ${letter}`}
            heading={
              <>
                <ScorerLetter>{letter}</ScorerLetter> {label}
              </>
            }
            verdict={verdict}
          />
        ))}
      </div>
      <GoldAnswer gold={sample.gold} />
    </SampleFrame>
  );
}
