'use client';

import { useEffect, useState } from 'react';

/** Reads curves at a step that a slider chooses: by pointer, touch and keys alike. Not there without script; its place is. */
export function ReadAlong({
  title,
  lines,
  left,
  right,
}: {
  title: string;
  lines: readonly { name: string; read: readonly (readonly [step: number, value: string])[] }[];
  /** Where the axis begins and ends, as shares of the width. */
  left: number;
  right: number;
}) {
  const steps = [...new Set(lines.flatMap(({ read }) => read.map(([step]) => step)))].sort((a, b) => a - b);
  const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 0];
  const [live, setLive] = useState(false);
  const [place, setPlace] = useState<number | null>(null);
  useEffect(() => setLive(true), []);
  const step = place === null ? null : (steps[place] ?? null);
  const words =
    step === null
      ? 'Slide to read the values of a step'
      : `Step ${step}: ${lines
          .flatMap(({ name, read }) => {
            const value = read.find(([at]) => at === step)?.[1];
            return value === undefined ? [] : [lines.length > 1 ? `${name} ${value}` : value];
          })
          .join(', ')}`;
  return (
    <div className="read-along" data-live={live}>
      {step === null ? null : (
        <span
          className="read-along-rule"
          style={{ left: `${100 * (left + ((step - first) / (last - first || 1)) * (right - left))}%` }}
        />
      )}
      <input
        type="range"
        aria-label={`Step of ${title}`}
        aria-valuetext={words}
        min={0}
        max={Math.max(0, steps.length - 1)}
        value={place ?? 0}
        onChange={(event) => setPlace(Number(event.target.value))}
        style={{ marginLeft: `${100 * left}%`, width: `${100 * (right - left)}%` }}
      />
      <output>{words}</output>
    </div>
  );
}
