'use client';

import { useQueries, useQuery } from '@tanstack/react-query';
import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useRef } from 'react';
import { TrpcProvider, useTRPC, useTRPCClient } from '../trpc/client';
import { ADVICE_STEPS, adviceMetrics, adviceOf } from './advice';
import type { ChartMark } from './chart-options';
import { firstMetrics, nearest, stepAt } from './curve-data';
import { CurvesSection } from './curves';
import { JobConfig } from './job-config';
import { JobFiles } from './job-files';
import { JobHead } from './job-head';
import { JobLog } from './job-log';
import { JobMachine } from './job-machine';
import { type JobView, jobAddress, readJobView, type Zoom } from './job-url';
import { Rollouts } from './rollouts';
import type { Config, Curves, JobPage, RolloutRow } from './types';
import { useCurves } from './use-curves';
import { useJob } from './use-job';
import { useRegrown } from './use-regrown';

/** What the server has read already, for the view of the page's address. */
export interface First {
  job: JobPage;
  curves: Curves;
  names: readonly string[];
  zoom: Zoom | null;
  advice: Curves;
  config: Config;
  rollouts: { total: number; groups: readonly RolloutRow[] } | null;
  view: JobView;
}

export const JobScreen = (props: { first: First }) => (
  <TrpcProvider>
    <Job {...props} />
  </TrpcProvider>
);

/** A job: where it stands, what it measured, what it was rewarded for, what it said. */
function Job({ first }: { first: First }) {
  const trpc = useTRPC();
  const pathname = usePathname();
  const params = useSearchParams();
  const view = useMemo(() => readJobView(new URLSearchParams(params.toString())), [params]);
  const now = useRef(view);
  now.current = view;
  const onChange = useCallback(
    (next: Partial<JobView>, how: 'push' | 'replace' = 'replace') => {
      const address = `${pathname}${jobAddress({ ...now.current, ...next })}`;
      if (how === 'push') window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
    },
    [pathname],
  );

  const reread = useRef(() => {});
  const { job, page, tail, grown, lostFor, connection } = useJob(first.job, () => reread.current());
  const measured = useMemo(
    () =>
      [...new Set([...job.metrics, ...tail.slice(-1).flatMap(({ values }) => Object.keys(values))])].sort(),
    [job.metrics, tail],
  );
  const names = useMemo(() => view.metrics ?? firstMetrics(measured), [view.metrics, measured]);
  const ids = useMemo(() => [job.id, ...view.others], [job.id, view.others]);
  const curves = useCurves(ids, names, view.zoom, tail, { id: first.job.id, ...first });
  reread.current = curves.reread;

  const client = useTRPCClient();
  const recent = useQuery({
    queryKey: ['training', 'advice', job.id],
    queryFn: () =>
      client.training.curves.query({
        id: job.id,
        names: adviceMetrics(measured),
        from: Math.max(0, job.step - ADVICE_STEPS),
        points: ADVICE_STEPS + 1,
      }),
    initialData: first.advice,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useRegrown(grown, recent.refetch);
  const log = useQuery(trpc.training.log.queryOptions({ id: job.id, limit: 500 }));
  useRegrown(grown, log.refetch);
  const otherNames = useQueries({
    queries: view.others.map((id) => trpc.training.page.queryOptions({ id }, { staleTime: 60_000 })),
    combine: namesOf,
  });
  const labels = useMemo(
    () =>
      new Map([
        [job.id, job.name],
        ...view.others.map((id, at): [string, string] => [id, otherNames[at] ?? id]),
      ]),
    [job.id, job.name, view.others, otherNames],
  );

  const own = curves.jobs[0]?.curves[names[0] ?? ''];
  // As a text, so that marks stay the same ones while steps come.
  const noticeSteps = [
    ...new Set(
      (log.data ?? []).flatMap(({ at, data }) =>
        data.type === 'notice' && own !== undefined ? (stepAt(own, at.getTime()) ?? []) : [],
      ),
    ),
  ].join(' ');
  const marks = useMemo((): ChartMark[] => {
    const checkpoints = new Set(
      page.files.filter(({ purpose }) => purpose === 'checkpoint').map(({ step }) => step),
    );
    return [
      ...[...checkpoints].map((step): ChartMark => ({ kind: 'checkpoint', step })),
      ...noticeSteps
        .split(' ')
        .filter(Boolean)
        .map(Number)
        .map((step): ChartMark => ({ kind: 'notice', step })),
      ...(view.step === null ? [] : [{ kind: 'open' as const, step: view.step }]),
    ];
  }, [page.files, noticeSteps, view.step]);

  const [firstRollouts, settings] = useMemo(
    () => [
      first.rollouts === null ? null : { view: first.view, ...first.rollouts },
      first.config?.settings ?? {},
    ],
    [first],
  );
  const rollouts = useRef<HTMLElement>(null);
  const { rolloutSteps } = page;
  const onStep = useCallback(
    (step: number) => {
      const found = rolloutSteps[nearest(rolloutSteps, step)];
      if (found === undefined) return;
      onChange({ step: found, group: null, response: null }, 'push');
      rollouts.current?.scrollIntoView({ block: 'start' });
      rollouts.current?.focus({ preventScroll: true });
    },
    [rolloutSteps, onChange],
  );

  return (
    <div className="training">
      <JobHead job={job} lostFor={lostFor} connection={connection} />
      <AdviceList advice={adviceOf(recent.data ?? {})} />
      {job.kind === 'sft' || job.kind === 'train' ? (
        <CurvesSection
          job={job}
          measured={measured}
          jobs={curves.jobs}
          names={names}
          labels={labels}
          view={view}
          marks={marks}
          error={curves.error}
          onChange={onChange}
          onStep={rolloutSteps.length === 0 ? null : onStep}
        />
      ) : null}
      {job.kind === 'train' ? (
        <Rollouts
          ref={rollouts}
          job={page}
          settings={settings}
          view={view}
          first={firstRollouts}
          onChange={onChange}
        />
      ) : null}
      <JobLog jobId={job.id} grown={grown} over={connection === 'over'} />
      <JobConfig job={page} config={first.config} others={view.others} labels={labels} />
      <div className="training-pair">
        <JobMachine job={page} grown={grown} />
        <JobFiles job={page} />
      </div>
    </div>
  );
}

const namesOf = (pages: readonly { data: JobPage | null | undefined }[]) =>
  pages.map(({ data }) => data?.name ?? null);

function AdviceList({ advice }: { advice: ReturnType<typeof adviceOf> }) {
  if (advice.length === 0) return null;
  return (
    <section aria-labelledby="advice-heading" className="panel training-advice">
      <h2 id="advice-heading">What stands out</h2>
      <ul>
        {advice.map(({ metric, text }) => (
          <li key={metric}>
            {text} <span className="text-muted">({metric})</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
