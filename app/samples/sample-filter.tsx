'use client';

import { OUTCOMES } from '@/lib/scoring/scorer';
import type { RunPage, SampleFilter } from '@/server/evals/types';
import { formatCount } from '../ui/format';
import { OUTCOME_WORDS, OutcomeMark } from './outcome';
import { SearchField } from './search-field';
import { TagSelect } from './tag-select';

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
  const total = OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);

  return (
    <form
      className="sample-filter"
      aria-label="Which samples are listed"
      onSubmit={(event) => event.preventDefault()}
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
      <SearchField text={filter.text} onSearch={(text) => onChange({ ...filter, text })} />
    </form>
  );
}
