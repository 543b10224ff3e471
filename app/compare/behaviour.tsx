'use client';

import { useQuery } from '@tanstack/react-query';
import type { Behaviour as Counts } from '@/lib/compare/behaviour';
import type { ComparedBehaviour } from '@/server/evals/types';
import { TrpcProvider, useTRPC } from '../trpc/client';
import { formatCount, formatPercent } from '../ui/format';
import { ErrorState, LoadingState } from '../ui/state';
import { SideName } from './side-name';
import type { Side } from './sides';
import { useOpenDetails } from './use-open-details';
import { WideTable } from './wide-table';

interface Props {
  sides: readonly Side[];
  baseline: number;
}

/** How the runs answer, which takes a look into all of their outputs: it is read once it is opened. */
export function Behaviour(props: Props) {
  const { open, props: details } = useOpenDetails();
  return (
    <details className="panel compare-tag" {...details}>
      <summary>
        How they answer <span className="text-muted">· length, form, cut-off outputs, reflection</span>
      </summary>
      {open ? (
        <TrpcProvider>
          <Tables {...props} />
        </TrpcProvider>
      ) : null}
    </details>
  );
}

const SINCE: readonly { kind: keyof NonNullable<ComparedBehaviour['since']>; words: string }[] = [
  { kind: 'broken', words: 'broken' },
  { kind: 'fixed', words: 'fixed' },
  { kind: 'bothRight', words: 'right in both' },
  { kind: 'bothWrong', words: 'wrong in both' },
];

function Tables({ sides, baseline }: Props) {
  const trpc = useTRPC();
  const { data, error } = useQuery(
    trpc.runs.behaviour.queryOptions(
      { ids: sides.map(({ id }) => id), baseline },
      { staleTime: Number.POSITIVE_INFINITY, retry: false },
    ),
  );
  if (error !== null)
    return (
      <ErrorState title="The outputs could not be looked into">
        <p>{error.message}</p>
      </ErrorState>
    );
  if (data === undefined) return <LoadingState label="Looking into all outputs" height="12rem" />;
  const rows = sides.flatMap((side, run) => {
    const own = data[run];
    if (own === undefined) return [];
    return [
      { side, words: 'all samples', counts: own.all },
      ...SINCE.flatMap(({ kind, words }) =>
        own.since === null ? [] : [{ side, words, counts: own.since[kind] }],
      ),
    ];
  });
  return (
    <WideTable label="How the runs answer">
      <caption className="compare-caption">
        Well formed: thinking, then an answer, in their tags and nothing else. Cut off: it ends within one of
        them. Reflecting: it says that it looks again (wait, re-check, verify and the like, as the trainer
        counts them). Another answer: than the baseline’s, of the outputs that reflect and of those that do
        not.
      </caption>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Samples</th>
          <th scope="col" className="num">
            Outputs
          </th>
          <th scope="col" className="num">
            Mean length
          </th>
          <th scope="col" className="num">
            Well formed
          </th>
          <th scope="col" className="num">
            Cut off
          </th>
          <th scope="col" className="num">
            Reflecting
          </th>
          <th scope="col" className="num">
            Another answer, reflecting
          </th>
          <th scope="col" className="num">
            Another answer, others
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ side, words, counts }) => (
          <Row key={`${side.id} ${words}`} side={side} words={words} counts={counts} />
        ))}
      </tbody>
    </WideTable>
  );
}

function Row({ side, words, counts }: { side: Side; words: string; counts: Counts }) {
  const { outputs, meanLength, wellFormed, truncated, reflecting, changed } = counts;
  const first = words === 'all samples';
  return (
    <tr className={first ? 'compare-first' : undefined}>
      <th scope="row">
        <span className={first ? undefined : 'sr-only'}>
          <SideName side={side} />
        </span>
      </th>
      <td>{words}</td>
      <td className="num">{formatCount(outputs)}</td>
      <td className="num">{outputs === 0 ? '–' : `${formatCount(Math.round(meanLength))} characters`}</td>
      <Share count={wellFormed} of={outputs} />
      <Share count={truncated} of={outputs} />
      <Share count={reflecting} of={outputs} />
      {changed === null ? (
        <td colSpan={2} className="text-muted">
          the baseline
        </td>
      ) : (
        <>
          <Share count={changed.reflecting} of={reflecting} />
          <Share count={changed.others} of={outputs - reflecting} />
        </>
      )}
    </tr>
  );
}

const Share = ({ count, of }: { count: number; of: number }) => (
  <td className="num">
    {of === 0 ? (
      <span className="text-muted">none</span>
    ) : (
      <>
        {formatPercent((100 * count) / of)} %{' '}
        <span className="interval-range">
          {formatCount(count)} of {formatCount(of)}
        </span>
      </>
    )}
  </td>
);
