'use client';

import { useQueries } from '@tanstack/react-query';
import { memo } from 'react';
import { useTRPC } from '../trpc/client';
import { formatCount } from '../ui/format';
import { ScrollCode, ScrollRegion } from '../ui/scrolls';
import { visible } from '../ui/visible';
import { configRows } from './config-rows';
import type { Config, JobPage } from './types';

/** What a job was told to do: its recipe and what differs, its rows, its start. */
function JobConfigSection({
  job,
  config,
  others,
  labels,
}: {
  job: JobPage;
  config: Config;
  others: readonly string[];
  labels: ReadonlyMap<string, string>;
}) {
  const { spec } = job;
  return (
    <section aria-labelledby="config-heading" className="stack">
      <h2 id="config-heading">Configuration</h2>
      <dl className="facts">
        <dt>Begins with</dt>
        <dd>
          <Start spec={spec} chain={job.chain} />
        </dd>
        {spec.kind === 'eval' ? (
          <>
            <dt>Benchmark</dt>
            <dd>
              {spec.benchmark}, {spec.split}; at most {formatCount(spec.maxNewTokens)} new tokens
              {spec.publish ? '; what passes is published at once' : ''}
            </dd>
          </>
        ) : (
          <>
            <dt>Rows</dt>
            <dd>
              {spec.rows.length === 0
                ? 'those on the box that the recipe names'
                : spec.rows
                    .map(
                      ({ name, count, split, seed, size, tasks, further }) =>
                        `${name}: ${formatCount(count)} of Ocean World, ${split}, seed ${seed}, ${size} px, ${tasks === null ? 'all tasks' : tasks.join(', ')}${further ? ', further kinds too' : ''}`,
                    )
                    .join('; ')}
            </dd>
          </>
        )}
      </dl>
      {config === null || !('recipe' in spec) ? null : (
        <>
          <Settings config={config} others={others} labels={labels} />
          <details>
            <summary>The recipe as it was written</summary>
            <ScrollCode className="panel training-recipe">{visible(spec.recipe.toml)}</ScrollCode>
          </details>
        </>
      )}
    </section>
  );
}

function Start({ spec, chain }: { spec: JobPage['spec']; chain: JobPage['chain'] }) {
  const { start } = spec;
  switch (start.kind) {
    case 'checkpoint':
      return <>the checkpoint {start.id}</>;
    case 'path':
      return <>{visible(start.path)} on the box</>;
    case 'job': {
      const name = chain.find(({ id }) => id === start.id)?.name ?? start.id;
      return (
        <>
          what <a href={`/training/${encodeURIComponent(start.id)}`}>{visible(name)}</a> made
        </>
      );
    }
  }
}

function Settings({
  config,
  others,
  labels,
}: {
  config: NonNullable<Config>;
  others: readonly string[];
  labels: ReadonlyMap<string, string>;
}) {
  const trpc = useTRPC();
  const read = useQueries({
    queries: others.map((id) => trpc.training.config.queryOptions({ id }, { staleTime: 60_000 })),
  });
  const rows = configRows(
    config.settings,
    config.repository,
    read.map(({ data }) => data?.settings ?? null),
  );
  const differing = rows.filter(({ differs }) => differs).length;
  const said = (value: string | null | undefined) =>
    value === undefined ? '' : value === null ? 'not set' : visible(value);
  const besides = config.repository !== null || others.length > 0;
  return (
    <details open={differing > 0}>
      <summary>
        Settings{' '}
        <span className="text-muted">
          · {rows.length}
          {besides ? `, of which ${differing} differ` : '; the repository has no recipe of this name'}
        </span>
      </summary>
      <ScrollRegion className="table-scroll panel" label="Settings">
        <table className="data-table training-settings">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">This job</th>
              {config.repository === null ? null : (
                <th scope="col">The repository’s recipe, where it differs</th>
              )}
              {others.map((id) => (
                <th scope="col" key={id}>
                  {visible(labels.get(id) ?? id)}, where it differs
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, value, repository, others: theirs, differs }) => (
              <tr key={key} className={differs ? 'training-differs' : undefined}>
                <th scope="row" dir="auto">
                  {visible(key)}
                </th>
                <td dir="auto">{said(value)}</td>
                {config.repository === null ? null : <td dir="auto">{said(repository)}</td>}
                {theirs.map((each, at) => (
                  <td key={others[at]} dir="auto">
                    {said(each)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

/** A step more changes nothing of it. */
export const JobConfig = memo(JobConfigSection);
