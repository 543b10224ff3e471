import type { Known } from '@/lib/world/world';
import type { Painted, PaintRequest } from './painted';

type Figure = Extract<Known, { figure: unknown }>['figure'];
type Chart = Extract<Known, { chart: unknown }>['chart'];
type Table = Extract<Known, { table: unknown }>['table'];

interface Pointing {
  active: number | null;
  pinned: number | null;
  /** A part is pointed at, or none. */
  onHover: (part: number | null) => void;
  /** A part is clicked. */
  onPin: (part: number) => void;
}

/**
 * What is known of the scene: its objects or parts, each with its box on the picture, and what a flat picture says. Folded
 * until the answer is shown, or the visitor wants to see it: the question stands beside it.
 */
export function KnownFacts({
  painted,
  revealed,
  ...pointing
}: { painted: Painted & PaintRequest; revealed: boolean } & Pointing) {
  const { known, parts } = painted;
  return (
    <details className="world-known" open={revealed}>
      <summary className="label">What is known of the scene, which may tell the answer</summary>
      <h2 className="label">
        {'things' in known.scene ? `${parts.length} objects in the scene` : 'What the picture holds'}
      </h2>
      {'figure' in known ? <FigureFacts figure={known.figure} /> : null}
      {'chart' in known ? <ChartFacts chart={known.chart} /> : null}
      {'table' in known ? <TableFacts table={known.table} /> : null}
      {parts.length > 0 ? <Parts painted={painted} {...pointing} /> : null}
    </details>
  );
}

function Parts({ painted: { parts }, active, pinned, onHover, onPin }: { painted: Painted } & Pointing) {
  return (
    <ul className="world-parts">
      {parts.map(({ name, fact, box }, index) => (
        <li key={`${name} ${box.join()}`}>
          <button
            type="button"
            data-active={index === active}
            aria-pressed={index === pinned}
            onPointerEnter={() => onHover(index)}
            onPointerLeave={() => onHover(null)}
            onFocus={() => onHover(index)}
            onBlur={() => onHover(null)}
            onClick={() => onPin(index)}
          >
            <span>{name}</span>
            <span className="world-part-facts">
              {fact === '' ? '' : `${fact} · `}box [{box.join(', ')}]
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function FigureFacts({ figure: { points, segments, facts, given } }: { figure: Figure }) {
  return (
    <dl className="facts">
      <dt>Points</dt>
      <dd>{Object.keys(points).join(', ')}</dd>
      <dt>Lines</dt>
      <dd>{segments.map((ends) => ends.join('')).join(', ')}</dd>
      {facts.length === 0 ? null : (
        <>
          <dt>Known</dt>
          <dd>{facts.join('; ')}</dd>
        </>
      )}
      <dt>Given</dt>
      <dd>{given.map(measured).join(', ')}</dd>
    </dl>
  );
}

function measured(magnitude: Figure['given'][number]): string {
  switch (magnitude.of) {
    case 'angle':
      return `∠${magnitude.at.join('')} = ${magnitude.value}°`;
    case 'length':
      return `${magnitude.ends.join('')} = ${magnitude.value}`;
    case 'area':
      return `area of ${magnitude.ring.join('')} = ${magnitude.value}`;
  }
}

function ChartFacts({ chart: { subject, top, step, printed } }: { chart: Chart }) {
  return (
    <dl className="facts">
      <dt>Title</dt>
      <dd>{subject}</dd>
      <dt>Axis</dt>
      <dd>
        0 to {top} by {step}
      </dd>
      <dt>Values</dt>
      <dd>{printed ? 'stand over the bars' : 'are read off the axis'}</dd>
    </dl>
  );
}

function TableFacts({ table: { columns, rows } }: { table: Table }) {
  return (
    <div className="table-scroll">
      <table className="data-table">
        <thead>
          <tr>
            <td />
            {columns.map((column) => (
              <th key={column} scope="col" className="num">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {columns.map((column, index) => (
                <td key={column} className="num">
                  {cells[index]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
