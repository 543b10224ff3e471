import './figures.css';
import type { ReactNode } from 'react';
import { visible } from '../ui/visible';

export interface Dot {
  kind: 'plain' | 'right' | 'wrong';
  value: number;
  interval: { low: number; high: number } | null;
}

export interface DotRow {
  name: string;
  dots: readonly Dot[];
  /** The same in figures. */
  words: ReactNode;
}

/** Values with their intervals, a row each on one scale, with a line at zero. The words say the same. */
export function DotRows({
  title,
  source,
  rows,
  domain,
}: {
  title: string;
  source: ReactNode;
  rows: readonly DotRow[];
  domain: readonly [number, number];
}) {
  const [from, to] = domain;
  const at = (value: number) =>
    `${(100 * Math.min(1, Math.max(0, (value - from) / (to - from)))).toFixed(2)}%`;
  return (
    <figure className="figure">
      <figcaption className="figure-title">{title}</figcaption>
      <ul className="dot-rows">
        {rows.map(({ name, dots, words }) => (
          <li key={name}>
            <span dir="auto">{visible(name)}</span>
            <span className="dot-rows-words">{words}</span>
            <svg width="100%" height={10 + 8 * (dots.length - 1)} aria-hidden="true">
              <line className="dot-zero" x1={at(0)} x2={at(0)} y1="0" y2="100%" />
              {dots.map(({ kind, value, interval }, place) => {
                const y = 5 + 8 * place;
                return (
                  <g key={kind} className={`dot dot-${kind}`}>
                    {interval === null ? null : (
                      <line x1={at(interval.low)} x2={at(interval.high)} y1={y} y2={y} />
                    )}
                    <circle cx={at(value)} cy={y} r="3.5" />
                  </g>
                );
              })}
            </svg>
          </li>
        ))}
      </ul>
      <p className="figure-source">{source}</p>
    </figure>
  );
}
