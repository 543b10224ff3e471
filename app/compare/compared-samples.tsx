'use client';

import { memo, type Ref, useCallback, useEffect, useMemo, useState } from 'react';
import { patternOf } from '@/lib/compare/listed-samples';
import { type TransitionKind, transitionKind, transitions } from '@/lib/compare/transitions';
import type { Outcome } from '@/lib/scoring/scorer';
import type { ComparedRow, RunPage } from '@/server/evals/types';
import { goldText, shorten } from '../samples/answer-text';
import { Browse, type ChangeFilter, type FirstRead } from '../samples/browse';
import { OUTCOME_WORDS, OutcomeMark } from '../samples/outcome';
import { RowQuestion } from '../samples/row-question';
import { SearchField } from '../samples/search-field';
import { tagLabelsOf } from '../samples/tag-labels';
import { TagSelect } from '../samples/tag-select';
import { TrpcProvider, useTRPCClient } from '../trpc/client';
import { formatCount } from '../ui/format';
import { EmptyState } from '../ui/state';
import { visible } from '../ui/visible';
import { type CompareAddress, compareQuery, type ListFilter, readList, WHOLE_LIST } from './compare-url';
import { comparedSource } from './compared-source';
import { ComparedView, type Reading } from './compared-view';
import type { ComparedDetail } from './read-first';
import type { Side } from './sides';

interface Props {
  address: CompareAddress;
  sides: readonly Side[];
  /** Its place among the sides. */
  baseline: number;
  total: number;
  breakdowns: RunPage['tags'];
  first: FirstRead<ComparedRow, ComparedDetail>;
}

/** The samples that the runs are compared over, with the outputs of all of them. */
export function ComparedSamples(props: Props) {
  return (
    <TrpcProvider>
      <Samples {...props} />
    </TrpcProvider>
  );
}

function Samples({ address, sides, baseline, total, breakdowns, first }: Props) {
  const client = useTRPCClient();
  const ids = useMemo(() => sides.map(({ id }) => id), [sides]);
  const source = useMemo(() => comparedSource(client, ids, first.range.rows), [client, ids, first]);
  useEffect(() => {
    // What fails here is asked for again, and said, by the first filter that needs it.
    source.prepare().catch(() => undefined);
  }, [source]);
  const known = useCallback(
    (filter: ListFilter) => {
      const list = source.known(filter);
      return list === null
        ? null
        : {
            total: list.total,
            renderUnread: (index: number) => <RowMarks outcomes={list.outcomesAt(index)} sides={sides} />,
          };
    },
    [source, sides],
  );
  const queryOf = useCallback(
    (view: { filter: ListFilter; sampleId: string | null }) => compareQuery(address, view),
    [address],
  );
  const tagLabels = useMemo(() => tagLabelsOf(breakdowns), [breakdowns]);
  const [reading, setReading] = useState<Reading>({ thinking: true, differences: true });
  return (
    <Browse
      source={source}
      first={first}
      readView={readList}
      queryOf={queryOf}
      linkFilter={WHOLE_LIST}
      all={total}
      known={known}
      renderFilter={(filter, onChange) => (
        <ListFilterForm filter={filter} sides={sides} tags={breakdowns} onChange={onChange} />
      )}
      renderRow={(row, place, opening) => (
        <RowContent row={row} place={place} opening={opening} sides={sides} />
      )}
      renderDetail={(compared, headingRef: Ref<HTMLHeadingElement>) => (
        <ComparedView
          compared={compared}
          sides={sides}
          baseline={baseline}
          tagLabels={tagLabels}
          headingRef={headingRef}
          reading={reading}
          onReading={setReading}
        />
      )}
      renderEmpty={(_, onChange) => (
        <EmptyState title="No sample is like that">
          <p>Nothing among the {formatCount(total)} samples passes the filter.</p>
          <button type="button" className="button mt-3" onClick={() => onChange(() => WHOLE_LIST)}>
            Show all samples
          </button>
        </EmptyState>
      )}
    />
  );
}

const KIND_WORDS: Readonly<Record<TransitionKind, string>> = {
  lost: 'Lost',
  gained: 'Gained',
  'always-right': 'Always right',
  'always-wrong': 'Always wrong',
};

function ListFilterForm({
  filter,
  sides,
  tags,
  onChange,
}: {
  filter: ListFilter;
  sides: readonly Side[];
  tags: RunPage['tags'];
  onChange: ChangeFilter<ListFilter>;
}) {
  const kinds = useMemo(() => transitions(sides.map(() => [])), [sides]);
  const chosen = filter.right ?? '';
  const words = (right: string) =>
    [...right]
      .flatMap((sign, run) =>
        sign === 'x' ? [] : [`${sides[run]?.letter} ${sign === '1' ? 'right' : 'wrong'}`],
      )
      .join(', ');
  const patterns = kinds.map(({ right }) => patternOf(right));
  return (
    <form
      className="sample-filter"
      aria-label="Which samples are listed"
      onSubmit={(event) => event.preventDefault()}
    >
      <select
        name="right"
        className="field"
        aria-label="What became of them"
        value={chosen}
        onChange={({ target: { value } }) =>
          onChange(({ right: _, ...now }) => (value === '' ? now : { ...now, right: value }))
        }
      >
        <option value="">All samples</option>
        {chosen === '' || patterns.includes(chosen) ? null : <option value={chosen}>{words(chosen)}</option>}
        {kinds.map(({ right }) => (
          <option key={patternOf(right)} value={patternOf(right)}>
            {KIND_WORDS[transitionKind(right)]}: {words(patternOf(right))}
          </option>
        ))}
      </select>
      <TagSelect
        tags={tags}
        chosen={filter.tag}
        counted={chosen === '' && filter.text === undefined}
        onChoose={(tag) => onChange(({ tag: _, ...now }) => (tag === undefined ? now : { ...now, tag }))}
      />
      <SearchField
        text={filter.text}
        onSearch={(text) => onChange(({ text: _, ...now }) => (text === undefined ? now : { ...now, text }))}
      />
      <select
        name="order"
        className="field"
        aria-label="Order"
        value={filter.order}
        onChange={({ target: { value } }) =>
          onChange((now) => ({ ...now, order: value === 'data' ? 'data' : 'lost' }))
        }
      >
        <option value="lost">What was lost first</option>
        <option value="data">As the data has them</option>
      </select>
    </form>
  );
}

/** What each run made of the sample. */
const RowMarks = ({ outcomes, sides }: { outcomes: readonly Outcome[]; sides: readonly Side[] }) => (
  <span className="row-marks">
    {outcomes.map((outcome, run) => (
      <OutcomeMark key={sides[run]?.id} outcome={outcome} />
    ))}
    <span className="sr-only">
      {outcomes.map((outcome, run) => `${OUTCOME_WORDS[outcome]} by ${sides[run]?.name}`).join(', ')}:{' '}
    </span>
  </span>
);

/** Kept while the list is scrolled. */
const RowContent = memo(function RowContent({
  row,
  place,
  opening,
  sides,
}: {
  row: ComparedRow;
  place: number;
  opening: string;
  sides: readonly Side[];
}) {
  return (
    <>
      <RowMarks outcomes={row.sides.map(({ outcome }) => outcome)} sides={sides} />
      <RowQuestion question={row.question} place={place} opening={opening} />
      <span className="answer-line">
        gold <bdi className="answer-value">{shorten(goldText(row.gold), 40)}</bdi>
        {row.sides.map(({ answer }, run) => (
          <span key={sides[run]?.id}>
            <span aria-hidden="true"> · </span>
            {sides[run]?.letter}{' '}
            {answer === null ? 'none' : <bdi className="answer-value">{visible(shorten(answer, 30))}</bdi>}
          </span>
        ))}
      </span>
    </>
  );
});
