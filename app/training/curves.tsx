'use client';

import { useQuery } from '@tanstack/react-query';
import { useId, useMemo, useState } from 'react';
import { useTRPC } from '../trpc/client';
import { EmptyState } from '../ui/state';
import { visible } from '../ui/visible';
import type { ChartMark } from './chart-options';
import { CurveChart } from './curve-chart';
import { firstMetrics, metricGroups } from './curve-data';
import { type JobView, MOST_OTHERS, SMOOTHINGS, X_AXES } from './job-url';
import type { JobPage } from './types';
import type { DrawnJob } from './use-curves';

type Change = (next: Partial<JobView>, how?: 'push' | 'replace') => void;

/** A job's metrics over its steps, as many as are wished for. */
export function CurvesSection({
  job,
  measured,
  jobs,
  names,
  labels,
  view,
  marks,
  error,
  onChange,
  onStep,
}: {
  job: JobPage;
  /** All that was measured, by name. */
  measured: readonly string[];
  jobs: readonly DrawnJob[];
  names: readonly string[];
  /** What each job is called, by its id. */
  labels: ReadonlyMap<string, string>;
  view: JobView;
  marks: readonly ChartMark[];
  error: string | null;
  onChange: Change;
  onStep: ((step: number) => void) | null;
}) {
  const charts = useMemo(
    () =>
      names.map((name) => ({
        name,
        curves: jobs.flatMap(({ id, curves }, at) => {
          const curve = curves[name];
          // The own job's curve stands first even while it has no point.
          return curve === undefined || (at > 0 && curve.steps.length === 0)
            ? []
            : [{ label: labels.get(id) ?? id, curve }];
        }),
      })),
    [names, jobs, labels],
  );
  const onZoom = useMemo(() => (zoom: JobView['zoom']) => onChange({ zoom }, 'push'), [onChange]);
  return (
    <section aria-labelledby="curves-heading" className="stack">
      <h2 id="curves-heading">Curves</h2>
      <div className="training-filter">
        <label>
          <span className="label">On x</span>
          <select
            className="field"
            value={view.x}
            onChange={(event) =>
              onChange({ x: X_AXES.find((each) => each === event.target.value) ?? 'step' })
            }
          >
            <option value="step">steps</option>
            <option value="time">time since the first</option>
          </select>
        </label>
        <label>
          <span className="label">Smoothing</span>
          <select
            className="field"
            value={view.smooth}
            onChange={(event) => onChange({ smooth: Number(event.target.value) })}
          >
            {[...new Set([...SMOOTHINGS, view.smooth])].map((each) => (
              <option key={each} value={each}>
                {each === 0 ? 'none' : each}
              </option>
            ))}
          </select>
        </label>
        <OtherJobs job={job} others={view.others} onChange={onChange} />
        {view.zoom === null ? null : (
          <button type="button" className="button" onClick={() => onZoom(null)}>
            All steps, not {view.zoom.from} to {view.zoom.to} alone
          </button>
        )}
      </div>
      <Metrics measured={measured} shown={names} onChange={onChange} />
      {view.others.length === 0 ? null : (
        <ul className="curve-legend" aria-label="Jobs in the curves">
          {jobs.map(({ id }, at) => (
            <li key={id}>
              <svg width="26" height="8" aria-hidden="true">
                <line className={`curve-line curve-line-${at + 1}`} x1="0" x2="26" y1="4" y2="4" />
              </svg>
              <a href={`/training/${encodeURIComponent(id)}`} dir="auto">
                {visible(labels.get(id) ?? id)}
              </a>
            </li>
          ))}
        </ul>
      )}
      {error === null ? null : (
        <p role="alert" className="text-wrong">
          Some curves could not be read: {error}
        </p>
      )}
      {measured.length === 0 ? (
        <EmptyState title="Nothing was measured yet">
          <p>Curves begin with the first step.</p>
        </EmptyState>
      ) : (
        <div className="curves">
          {charts.map(({ name, curves }) => (
            <CurveChart
              key={name}
              name={name}
              curves={curves}
              x={view.x}
              smooth={view.smooth}
              zoom={view.zoom}
              marks={marks}
              onZoom={onZoom}
              onStep={onStep}
            />
          ))}
        </div>
      )}
      <p className="curve-hint text-muted">
        Drag to look closely, double click for all again
        {onStep === null ? '' : '; click a step to read its rollouts'}. ▲ checkpoint, ! notice, ◆ the open
        step.
      </p>
    </section>
  );
}

function Metrics({
  measured,
  shown,
  onChange,
}: {
  measured: readonly string[];
  shown: readonly string[];
  onChange: Change;
}) {
  const toggle = (names: readonly string[], on: boolean) =>
    onChange({
      metrics: on
        ? [...shown, ...names.filter((each) => !shown.includes(each))]
        : shown.filter((each) => !names.includes(each)),
    });
  return (
    <details className="curve-metrics">
      <summary>
        Metrics{' '}
        <span className="text-muted">
          · {shown.length} of {measured.length} shown
        </span>
      </summary>
      <div className="curve-groups">
        {metricGroups(measured).map(([group, names]) => (
          <fieldset key={group}>
            <legend className="label" dir="auto">
              {group}
            </legend>
            {names.map((name) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={shown.includes(name)}
                  onChange={(event) => toggle([name], event.target.checked)}
                />
                <span dir="auto">{name}</span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button" onClick={() => onChange({ metrics: measured.slice(0, 40) })}>
          Show all
        </button>
        <button type="button" className="button" onClick={() => onChange({ metrics: null })}>
          Those at first: {firstMetrics(measured).length}
        </button>
      </div>
    </details>
  );
}

/** Other jobs that measured something, to lay over. */
function OtherJobs({ job, others, onChange }: { job: JobPage; others: readonly string[]; onChange: Change }) {
  const trpc = useTRPC();
  const id = useId();
  const [asked, setAsked] = useState(false);
  const list = useQuery(
    trpc.training.list.queryOptions(
      { kinds: ['train', 'sft'], limit: 200 },
      { enabled: asked || others.length > 0, staleTime: 60_000 },
    ),
  );
  const found = (list.data ?? []).filter((each) => each.id !== job.id && each.step > 0);
  return (
    <>
      <label htmlFor={id}>
        <span className="label">Lay over</span>
        <select
          id={id}
          className="field curve-other"
          value=""
          onFocus={() => setAsked(true)}
          onPointerEnter={() => setAsked(true)}
          onChange={(event) => {
            if (event.target.value !== '') onChange({ others: [...others, event.target.value] });
          }}
          disabled={others.length >= MOST_OTHERS}
        >
          <option value="">{list.isFetching ? 'Reading …' : 'another job'}</option>
          {found
            .filter((each) => !others.includes(each.id))
            .map((each) => (
              <option key={each.id} value={each.id}>
                {visible(each.name)}
              </option>
            ))}
        </select>
      </label>
      {others.map((each) => (
        <button
          key={each}
          type="button"
          className="button"
          onClick={() => onChange({ others: others.filter((other) => other !== each) })}
        >
          <span aria-hidden="true">✕</span>
          <span className="sr-only">Without</span>{' '}
          <bdi>{visible(list.data?.find(({ id }) => id === each)?.name ?? each)}</bdi>
        </button>
      ))}
    </>
  );
}
