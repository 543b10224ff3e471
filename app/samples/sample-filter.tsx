'use client';

import { useEffect, useRef } from 'react';
import { OUTCOMES } from '@/lib/scoring/scorer';
import type { RunPage, SampleFilter } from '@/server/evals/types';
import { formatCount } from '../ui/format';
import { OUTCOME_WORDS, OutcomeMark } from './outcome';
import { MAX_TEXT } from './samples-url';
import { TagSelect } from './tag-select';

/** How long a pause in typing starts a search, in milliseconds. */
const PAUSE = 300;

/** Which samples are listed. Without scripts it is a plain form: Enter in the search field applies it. */
export function SampleFilterForm({
  filter,
  outcomes,
  tags,
  onChange,
}: {
  filter: SampleFilter;
  outcomes: NonNullable<RunPage['outcomes']>;
  tags: RunPage['tags'];
  onChange: (filter: SampleFilter) => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // The field follows the address (back, a cleared filter), but not under the typist's hands.
  useEffect(() => {
    if (search.current !== null && document.activeElement !== search.current)
      search.current.value = filter.text ?? '';
  }, [filter.text]);

  const applyText = () => {
    clearTimeout(timer.current);
    const text = search.current?.value.trim();
    if (text !== (filter.text ?? '')) onChange({ ...filter, text: text || undefined });
  };
  const total = OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);

  return (
    <form
      className="sample-filter"
      aria-label="Which samples are listed"
      onSubmit={(event) => {
        event.preventDefault();
        applyText();
      }}
    >
      <fieldset className="segments">
        <legend className="sr-only">Outcome</legend>
        {([undefined, ...OUTCOMES] as const)
          .filter((outcome) => outcome === undefined || outcomes[outcome] > 0 || outcome === filter.outcome)
          .map((outcome) => (
            <label key={outcome ?? 'all'}>
              <input
                type="radio"
                name="outcome"
                className="sr-only"
                value={outcome ?? ''}
                checked={filter.outcome === outcome}
                onChange={() => onChange({ ...filter, outcome })}
              />
              {outcome === undefined ? null : <OutcomeMark outcome={outcome} />}
              {outcome === undefined ? 'All' : OUTCOME_WORDS[outcome]}
              <span className="segment-count">
                {formatCount(outcome === undefined ? total : outcomes[outcome])}
              </span>
            </label>
          ))}
      </fieldset>
      <TagSelect tags={tags} chosen={filter.tag} counted onChoose={(tag) => onChange({ ...filter, tag })} />
      <input
        ref={search}
        type="search"
        name="text"
        className="field sample-search"
        aria-label="Text in question, output or answer"
        placeholder="Text in question, output or answer"
        maxLength={MAX_TEXT}
        defaultValue={filter.text}
        onChange={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(applyText, PAUSE);
        }}
      />
    </form>
  );
}
