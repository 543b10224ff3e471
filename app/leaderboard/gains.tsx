import Link from 'next/link';
import { baseOf } from '@/lib/models/line';
import type { Board } from '@/server/evals/types';
import { Delta } from '../ui/delta';
import { formatPercent, formatSizeName } from '../ui/format';
import { cellOf, deltaOf } from './board-view';

const MOST_PAIRS = 2;

/**
 * The main message at a glance: what the two stages changed on each benchmark of the published table. Drawn from the
 * reported figures, which are complete; nobody's submission can take its place.
 */
export function Gains({ board }: { board: Board }) {
  const byId = new Map(board.rows.map((row) => [row.checkpointId, row]));
  const columns = board.columns.filter(({ atFirst }) => atFirst === 'averaged');
  const pairs = board.rows
    .filter((row) => row.stage === 'stage2')
    .map((row) => ({
      row,
      figures: columns.map(({ benchmark }) => {
        const cell = cellOf(row, benchmark, 'reported');
        const delta = cell === null ? null : deltaOf(cell, benchmark, baseOf(row, byId));
        return cell === null || delta === null ? null : { after: cell.value, delta };
      }),
    }))
    .filter((pair) => pair.figures.every((figure) => figure !== null))
    .sort((a, b) => (a.row.parametersB ?? 0) - (b.row.parametersB ?? 0))
    .slice(0, MOST_PAIRS);
  if (pairs.length === 0) return null;
  return (
    <section className="gains" aria-labelledby="gains-title">
      <h2 id="gains-title">
        From the base <Dot filled={false} /> to stage 2 <Dot filled />, in points, as reported
      </h2>
      <ul>
        {columns.map((column, index) => (
          <li key={column.benchmark}>
            <Link href={`/leaderboard/${column.benchmark}`} prefetch={false}>
              {column.shortName}
            </Link>
            {pairs.map(({ row, figures }) => {
              const figure = figures[index];
              if (figure === null || figure === undefined) return null;
              const { after, delta } = figure;
              const before = after - delta.value;
              return (
                <div key={row.checkpointId} className="gain">
                  <span className="gain-size">
                    {formatSizeName({ name: row.modelName, parametersB: row.parametersB })}
                  </span>
                  <span className="sr-only">
                    {formatPercent(before)} to {formatPercent(after)},{' '}
                  </span>
                  <Dumbbell before={before} after={after} />
                  <Link
                    href={`/compare?model=${encodeURIComponent(row.modelSlug)}&benchmark=${column.benchmark}`}
                    prefetch={false}
                    className="gain-compared"
                    title="Can it be known?"
                  >
                    <Delta value={delta.value} beyondChance={delta.beyondChance} />
                    <span className="sr-only"> points, compared</span>
                  </Link>
                </div>
              );
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Dot({ filled }: { filled: boolean }) {
  return (
    <svg className="gain-legend" width="11" height="11" viewBox="0 0 11 11" aria-hidden="true">
      <circle className={filled ? 'gain-after' : 'gain-before'} cx="5.5" cy="5.5" r="3.75" />
    </svg>
  );
}

/** From 0 to 100 % along the track. */
function Dumbbell({ before, after }: { before: number; after: number }) {
  const at = (percent: number) => `${percent.toFixed(1)}%`;
  return (
    <svg className="gain-plot" width="100%" height="12" aria-hidden="true">
      <line className="gain-track" x1="0" x2="100%" y1="6" y2="6" />
      <line className="gain-step" x1={at(before)} x2={at(after)} y1="6" y2="6" />
      <circle className="gain-before" cx={at(before)} cy="6" r="3.75" />
      <circle className="gain-after" cx={at(after)} cy="6" r="3.75" />
    </svg>
  );
}
