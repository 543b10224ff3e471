'use client';

import { memo, useMemo } from 'react';
import type { RunPage, SampleDetail, SampleFilter, SampleRow } from '@/server/evals/types';
import { AnswerLine } from '../samples/answer-line';
import { Browse, type FirstRead, type SampleSource } from '../samples/browse';
import { OUTCOME_WORDS, OutcomeMark } from '../samples/outcome';
import { RowQuestion } from '../samples/row-question';
import { SampleFilterForm } from '../samples/sample-filter';
import { SampleView } from '../samples/sample-view';
import { readView, viewQuery } from '../samples/samples-url';
import { tagLabelsOf } from '../samples/tag-labels';
import { TrpcProvider, useTRPCClient } from '../trpc/client';
import { formatCount } from '../ui/format';
import { EmptyState } from '../ui/state';

interface Props {
  run: { id: string; outcomes: NonNullable<RunPage['outcomes']>; tags: RunPage['tags'] };
  first: FirstRead<SampleRow, SampleDetail>;
}

/** All samples of a run, by the scorer of its headline. */
export function RunSamples(props: Props) {
  return (
    <TrpcProvider>
      <Samples {...props} />
    </TrpcProvider>
  );
}

function Samples({ run, first }: Props) {
  const client = useTRPCClient();
  const { id } = run;
  const source = useMemo(
    (): SampleSource<SampleFilter, SampleRow, SampleDetail> => ({
      key: ['samples', id],
      range: (filter, offset, limit) => client.runs.samples.query({ id, filter, offset, limit }),
      position: (filter, sampleId) => client.runs.position.query({ id, filter, sampleId }),
      sample: (sampleId) => client.runs.sample.query({ id, sampleId }),
    }),
    [client, id],
  );
  const tagLabels = useMemo(() => tagLabelsOf(run.tags), [run.tags]);
  const all = Object.values(run.outcomes).reduce((sum, count) => sum + count, 0);
  return (
    <Browse
      source={source}
      first={first}
      readView={readView}
      queryOf={viewQuery}
      linkFilter={{}}
      all={all}
      renderFilter={(filter, onChange) => (
        <SampleFilterForm
          filter={filter}
          outcomes={run.outcomes}
          tags={run.tags}
          onChange={(next) => onChange(() => next, next.text !== filter.text ? 'replace' : 'push')}
        />
      )}
      renderRow={(row, place, opening) => <RowContent row={row} place={place} opening={opening} />}
      renderDetail={(sample, headingRef) => (
        <SampleView sample={sample} tagLabels={tagLabels} headingRef={headingRef} />
      )}
      renderEmpty={(filter, onChange) => (
        <EmptyState title="No sample is like that">
          <p>
            Nothing among the {formatCount(all)} samples has{' '}
            {Object.values(filter).filter((each) => each !== undefined).length > 1 ? 'all of this' : 'this'}.
          </p>
          <button type="button" className="button mt-3" onClick={() => onChange(() => ({}))}>
            Show all samples
          </button>
        </EmptyState>
      )}
    />
  );
}

/** Kept while the list is scrolled. */
const RowContent = memo(function RowContent({
  row,
  place,
  opening,
}: {
  row: SampleRow;
  place: number;
  opening: string;
}) {
  return (
    <>
      <OutcomeMark outcome={row.outcome} />
      <span className="sr-only">{OUTCOME_WORDS[row.outcome]}: </span>
      <RowQuestion question={row.question} place={place} opening={opening} />
      <AnswerLine row={row} />
    </>
  );
});
