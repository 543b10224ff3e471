'use client';

import { type PointerEvent, useEffect, useState } from 'react';

/**
 * Reads curves at a step: under the pointer or the finger, or by the arrow keys, as it lies over them as a slider. Not there
 * without script.
 */
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
  const [live, setLive] = useState(false);
  const [place, setPlace] = useState<number | null>(null);
  useEffect(() => setLive(true), []);
  const steps = [...new Set(lines.flatMap(({ read }) => read.map(([step]) => step)))].sort((a, b) => a - b);
  const [first, last] = [steps[0], steps.at(-1)];
  if (!live || first === undefined || last === undefined || first === last) return null;
  const shareOf = (step: number) => (step - first) / (last - first);
  const step = place === null ? undefined : steps[place];
  const values =
    step === undefined
      ? []
      : lines.flatMap(({ name, read }) => {
          const value = read.find(([at]) => at === step)?.[1];
          return value === undefined ? [] : [lines.length > 1 ? `${name} ${value}` : value];
        });
  const words = step === undefined ? '' : `step ${step}: ${values.join(', ')}`;
  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    const { left: start, width } = currentTarget.getBoundingClientRect();
    const share = (clientX - start) / width;
    const distances = steps.map((each) => Math.abs(shareOf(each) - share));
    setPlace(distances.indexOf(Math.min(...distances)));
  };
  return (
    <div className="read-along" style={{ left: `${100 * left}%`, width: `${100 * (right - left)}%` }}>
      {step === undefined ? null : (
        <>
          <span className="read-along-rule" style={{ left: `${100 * shareOf(step)}%` }} />
          <output className={shareOf(step) > 0.5 ? 'read-along-left' : undefined}>{words}</output>
        </>
      )}
      <input
        type="range"
        aria-label={`Step of: ${title}`}
        aria-valuetext={words || `step ${first}`}
        min={0}
        max={steps.length - 1}
        value={place ?? 0}
        onChange={(event) => setPlace(Number(event.target.value))}
        onPointerDown={(event) => {
          // A slider's own way would take the place in the list for the place on the axis.
          event.preventDefault();
          event.currentTarget.focus();
          follow(event);
        }}
        onPointerMove={follow}
        onPointerLeave={() => setPlace(null)}
        onBlur={() => setPlace(null)}
      />
    </div>
  );
}
