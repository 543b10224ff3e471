import './figures.css';
import type { ReactNode } from 'react';
import { ReadAlong } from './read-along';
import { scaleOf } from './scale';

export interface Line {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

export type FigureFormat = 'percent' | 'whole' | 'decimal';

const FORMATS: Readonly<Record<FigureFormat, (value: number) => string>> = {
  percent: (value) => `${(100 * value).toFixed(1)} %`,
  whole: (value) => String(Math.round(value)),
  decimal: (value) => String(Number(value.toPrecision(3))),
};

/** In units of its letters' size: they are as large in a small one. */
const SIZES = { whole: { width: 440, height: 190 }, small: { width: 310, height: 160 } } as const;
const EDGE = { left: 50, right: 12, top: 10, bottom: 26 };

/** Curves over steps, drawn on the server; with script a step can be read along them. The table below says the same. */
export function LineFigure({
  title,
  source,
  lines,
  format,
  fromZero = false,
  small = false,
}: {
  title: string;
  /** Where its figures come from. */
  source: ReactNode;
  lines: readonly Line[];
  format: FigureFormat;
  fromZero?: boolean;
  /** Without its table and what is read along. */
  small?: boolean;
}) {
  const { width, height } = SIZES[small ? 'small' : 'whole'];
  const points = lines.flatMap((line) => line.points);
  const x = scaleOf(
    points.map(([step]) => step),
    [EDGE.left, width - EDGE.right],
    6,
    { tight: true },
  );
  const y = scaleOf(
    points.map(([, value]) => value),
    [height - EDGE.bottom, EDGE.top],
    4,
    { fromZero },
  );
  const write = FORMATS[format];
  const ends = lines.map(({ name, points: own }) => {
    const [first, last] = [own[0], own.at(-1)];
    return first === undefined || last === undefined
      ? `${name}: nothing`
      : `${name}: ${write(first[1])} at step ${Math.round(first[0])}, ${write(last[1])} at step ${Math.round(last[0])}`;
  });
  return (
    <figure className="figure">
      <figcaption>
        <span className="figure-title">{title}</span>
        {lines.length > 1 ? (
          <span className="figure-legend">
            {lines.map(({ name }, at) => (
              <span key={name}>
                <svg width="22" height="8" aria-hidden="true">
                  <line className={`figure-line figure-line-${at}`} x1="0" x2="22" y1="4" y2="4" />
                </svg>
                {name}
              </span>
            ))}
          </span>
        ) : null}
      </figcaption>
      <div className="figure-plot">
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}. ${ends.join('; ')}.`}>
          <g className="figure-axis">
            {y.ticks.map((tick) => (
              <g key={tick}>
                <line x1={EDGE.left} x2={width - EDGE.right} y1={y.at(tick)} y2={y.at(tick)} />
                <text x={EDGE.left - 6} y={y.at(tick) + 4} textAnchor="end">
                  {format === 'percent' ? `${Number((100 * tick).toPrecision(6))} %` : tick}
                </text>
              </g>
            ))}
            <text x="0" y={height - 8}>
              step
            </text>
            {x.ticks.map((tick) => (
              <text key={tick} x={x.at(tick)} y={height - 8} textAnchor="middle">
                {tick}
              </text>
            ))}
          </g>
          {lines.map(({ name, points: own }, at) => (
            <g key={name}>
              <path
                className={`figure-line figure-line-${at}`}
                d={own
                  .map(
                    ([step, value], place) =>
                      `${place === 0 ? 'M' : 'L'}${x.at(step).toFixed(1)} ${y.at(value).toFixed(1)}`,
                  )
                  .join('')}
              />
              {own.length <= 10
                ? own.map(([step, value]) => (
                    <circle
                      key={step}
                      className={`figure-dot figure-dot-${at}`}
                      cx={x.at(step)}
                      cy={y.at(value)}
                      r="3"
                    />
                  ))
                : null}
            </g>
          ))}
        </svg>
        {small ? null : (
          <ReadAlong
            title={title}
            lines={lines.map(({ name, points: own }) => ({
              name,
              read: own.map(([step, value]) => [step, write(value)] as const),
            }))}
            left={EDGE.left / width}
            right={1 - EDGE.right / width}
          />
        )}
      </div>
      <p className="figure-source">{source}</p>
      {small ? null : <LineTable title={title} lines={lines} write={write} />}
    </figure>
  );
}

function LineTable({
  title,
  lines,
  write,
}: {
  title: string;
  lines: readonly Line[];
  write: (value: number) => string;
}) {
  const steps = [...new Set(lines.flatMap(({ points }) => points.map(([step]) => step)))].sort(
    (a, b) => a - b,
  );
  const values = lines.map(({ points }) => new Map(points));
  return (
    <details className="figure-values">
      <summary>Values</summary>
      <table>
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              {values.map((own, at) => {
                const value = own.get(step);
                return <td key={lines[at]?.name}>{value === undefined ? '' : write(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
