'use client';

import { useQuery } from '@tanstack/react-query';
import { memo } from 'react';
import { useTRPC } from '../trpc/client';
import { formatBytes, formatCount } from '../ui/format';
import { visible } from '../ui/visible';
import type { JobPage } from './types';
import { useRegrown } from './use-regrown';

/** The box of a job, and how busy it was. */
function JobMachineSection({ job, grown }: { job: JobPage; grown: number }) {
  const trpc = useTRPC();
  const use = useQuery(trpc.training.machine.queryOptions({ id: job.id }));
  useRegrown(grown, use.refetch);
  const told = (use.data ?? []).flatMap(({ data }) => (data.type === 'machine' ? [data] : []));
  const last = told.at(-1);
  const { machine } = job;
  return (
    <section aria-labelledby="machine-heading" className="stack">
      <h2 id="machine-heading">Machine</h2>
      {machine === null ? (
        <p className="text-muted">
          {job.owner === 'site'
            ? 'No box was noted down: it came before there were agents.'
            : 'No box has taken it up yet.'}
        </p>
      ) : (
        <dl className="facts">
          <dt>Box</dt>
          <dd dir="auto">
            {visible(job.agentName ?? '')} ({visible(machine.host)}, {visible(machine.system)})
          </dd>
          <dt>Has</dt>
          <dd>
            {formatCount(machine.cores)} cores, {formatBytes(machine.memory)} of memory
            {machine.cards
              .map(({ name, memory }) => `, ${visible(name)} with ${formatBytes(memory)}`)
              .join('')}
          </dd>
          <dt>Versions</dt>
          <dd dir="auto">
            {Object.entries(machine.versions)
              .map(([name, version]) => `${visible(name)} ${visible(version)}`)
              .join(', ')}
          </dd>
        </dl>
      )}
      {last === undefined ? null : (
        <ul className="training-use">
          <Use name="Processor" unit=" %" values={told.flatMap(({ cpu }) => cpu ?? [])} most={100} />
          <Use
            name="Memory"
            values={told.flatMap(({ memory }) => memory ?? [])}
            most={machine?.memory ?? null}
            format={formatBytes}
          />
          {last.cards.map((_, card) => (
            <Use
              // biome-ignore lint/suspicious/noArrayIndexKey: a card is its place
              key={card}
              name={`Card ${card + 1}`}
              unit=" %"
              values={told.flatMap(({ cards }) => cards[card]?.use ?? [])}
              most={100}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The last values as a small line, and the newest in words. */
function Use({
  name,
  values,
  most,
  unit = '',
  format = (value: number) => String(Math.round(value)),
}: {
  name: string;
  values: readonly number[];
  /** What is all of it; null where that is not known. */
  most: number | null;
  unit?: string;
  format?: (value: number) => string;
}) {
  const last = values.at(-1);
  if (last === undefined) return null;
  const top = most ?? Math.max(...values, 1);
  const points = values
    .map((value, at) => {
      const x = values.length === 1 ? 100 : (100 * at) / (values.length - 1);
      return `${x.toFixed(1)},${(20 - 20 * Math.min(1, value / top)).toFixed(1)}`;
    })
    .join(' ');
  return (
    <li>
      <span>{name}</span>
      <svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
        <polyline points={points} vectorEffect="non-scaling-stroke" />
      </svg>
      <output>
        {format(last)}
        {unit}
      </output>
    </li>
  );
}

/** A step more changes nothing of it. */
export const JobMachine = memo(JobMachineSection);
