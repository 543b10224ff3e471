import Link from 'next/link';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { REPORTED, REPORTED_SOURCE } from '@/lib/benchmarks/reported';
import type { Board } from '@/server/evals/types';
import { Delta } from '../ui/delta';
import { formatPercent, formatStage } from '../ui/format';
import { IntervalBar, IntervalText } from '../ui/interval';

const SIZES = ['3B', '7B'] as const;

/** What the recipe changed on each benchmark of the seed's table, as its authors report it. */
export function Reported() {
  const stage = (size: string, after: boolean) =>
    REPORTED.find(({ name, stage }) => name.includes(`-${size}-`) && (stage === 'base') !== after);
  return (
    <table className="gained">
      <caption>
        Percent, base → stage 2, as reported in <a href={REPORTED_SOURCE.url}>{REPORTED_SOURCE.citation}</a>
      </caption>
      <thead>
        <tr>
          <th scope="col">Benchmark</th>
          {SIZES.map((size) => (
            <th key={size} scope="col">
              {size}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Object.values(BENCHMARKS)
          .filter(({ id }) => REPORTED[0]?.figures[id] !== undefined)
          .map(({ id, shortName, ability }) => (
            <tr key={id}>
              <th scope="row">
                <Link href={`/leaderboard/${id}`} prefetch={false}>
                  {shortName}
                </Link>
                <span className="gained-ability">{ability}</span>
              </th>
              {SIZES.map((size) => {
                const before = stage(size, false)?.figures[id];
                const after = stage(size, true)?.figures[id];
                return (
                  <td key={size}>
                    {before === undefined || after === undefined ? null : (
                      <>
                        <span className="gained-values">
                          {formatPercent(before)} → {formatPercent(after)}
                        </span>
                        <Delta value={after - before} />
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
      </tbody>
    </table>
  );
}

/** The same for Nano, on the questions of its own world, recomputed here. */
export function NanoGained({ board }: { board: Board }) {
  const rows = board.rows.filter(({ modelSlug }) => modelSlug === 'ocean-r1-nano');
  const figures = rows.flatMap(({ stage, cells }) => {
    const cell = cells['ocean-world']?.recomputed ?? null;
    return stage === null || cell === null ? [] : [{ stage, cell }];
  });
  if (figures.length === 0) return null;
  return (
    <div>
      <h3>And Nano, whose every sample is here</h3>
      <p>
        2,000 unseen questions of Ocean World, percent right with the 95 % interval. In stage 1 it learns to
        work out figures, charts and tables, in stage 2 to look at each thing; printed text it hardly reads
        yet.
      </p>
      <ul className="nano-gained">
        {figures.map(({ stage, cell }) => (
          <li key={stage}>
            <span>{formatStage(stage)}</span>
            <IntervalBar value={cell.value} interval={cell.interval} />
            <IntervalText value={cell.value} interval={cell.interval} />
          </li>
        ))}
      </ul>
      <p>
        <Link href="/compare?model=ocean-r1-nano" prefetch={false}>
          Compare the stages, sample by sample
        </Link>
      </p>
      <p>
        <Link href="/training?text=nano" prefetch={false}>
          See how they were trained
        </Link>
        , down to every response that was rewarded
      </p>
    </div>
  );
}
