'use client';

import { formatCount } from '../ui/format';
import type { Target } from './place';
import type { Candidate, SubmittableBenchmark } from './types';

const keyOf = (target: Target | null) => (target === null ? '' : `${target.benchmark} ${target.split}`);

/** Benchmark and split in one native list: what fits the file first, then all. */
export function TargetSelect({
  benchmarks,
  candidates,
  chosen,
  onChoose,
}: {
  benchmarks: readonly SubmittableBenchmark[];
  candidates: readonly Candidate[];
  chosen: Target | null;
  onChoose: (target: Target) => void;
}) {
  const all = benchmarks.flatMap(({ id, splits }) =>
    splits.map((split) => ({ benchmark: id, split: split.id })),
  );
  const label = (benchmark: SubmittableBenchmark, split: SubmittableBenchmark['splits'][number]) => {
    const fit = candidates.find((one) => one.benchmark === benchmark.id && one.split === split.id);
    const notes = [
      fit === undefined || fit.matched === 0
        ? null
        : `${formatCount(fit.matched)} of ${formatCount(fit.total)} samples match`,
      split.installed ? null : 'not installed here',
    ].filter((note) => note !== null);
    const name = benchmark.splits.length === 1 ? benchmark.name : `${benchmark.name} · ${split.label}`;
    return notes.length === 0 ? name : `${name} – ${notes.join(', ')}`;
  };
  const options = (fits: boolean) =>
    benchmarks.flatMap((benchmark) =>
      benchmark.splits
        .filter(
          (split) =>
            candidates.some((one) => one.benchmark === benchmark.id && one.split === split.id) === fits,
        )
        .map((split) => (
          <option
            key={`${benchmark.id} ${split.id}`}
            value={keyOf({ benchmark: benchmark.id, split: split.id })}
          >
            {label(benchmark, split)}
          </option>
        )),
    );
  const fitting = options(true);
  return (
    <div className="submit-field">
      <label htmlFor="target">Benchmark and split</label>
      <select
        id="target"
        className="field w-full"
        value={keyOf(chosen)}
        onChange={(event) => {
          const target = all.find((one) => keyOf(one) === event.currentTarget.value);
          if (target !== undefined) onChoose(target);
        }}
      >
        {chosen === null ? <option value="">Choose what the file answers</option> : null}
        {fitting.length === 0 ? null : <optgroup label="By the file’s content">{fitting}</optgroup>}
        <optgroup label={fitting.length === 0 ? 'All' : 'Others'}>{options(false)}</optgroup>
      </select>
    </div>
  );
}
