import Link from 'next/link';
import type { Board } from '@/server/evals/types';
import type { ModelPage } from '@/server/models';
import { EvidenceBadge } from '../ui/evidence';
import { formatTraining } from '../ui/format';
import { IntervalText } from '../ui/interval';
import { visible } from '../ui/visible';

/** What the checkpoints of a line score, by benchmark; each figure leads to its run. */
export function Figures({ model: { slug, line }, board }: { model: ModelPage; board: Board }) {
  const byId = new Map(board.rows.map((row) => [row.checkpointId, row]));
  const rows = line.flatMap(({ checkpointId }) => byId.get(checkpointId) ?? []);
  const columns = board.columns.filter(({ benchmark }) => rows.some(({ cells }) => cells[benchmark]));
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">Figures</h2>
      {columns.length === 0 ? null : (
        // Beside the table and not its caption, which would be cut where a phone scrolls the table.
        <p id="figures-what" className="text-muted">
          Percent right, with the 95 % interval. A figure leads to its run.
        </p>
      )}
      {columns.length === 0 ? (
        <p>
          None is published. <Link href="/submit">Hand in predictions</Link> to have it scored.
        </p>
      ) : (
        <div className="table-scroll">
          <table
            className="data-table model-figures"
            aria-labelledby="figures"
            aria-describedby="figures-what"
          >
            <thead>
              <tr>
                <th scope="col">Benchmark</th>
                {rows.map((row) => (
                  <th key={row.checkpointId} scope="col" dir="auto">
                    {[row.modelSlug === slug ? null : visible(row.modelName), formatTraining(row)]
                      .filter((words) => words !== null)
                      .join(', ') || visible(row.modelName)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {columns.map(({ benchmark, shortName, ability }) => (
                <tr key={benchmark}>
                  <th scope="row">
                    <Link href={`/leaderboard/${benchmark}`} prefetch={false}>
                      {shortName}
                    </Link>
                    <span className="model-ability">{ability}</span>
                  </th>
                  {rows.map(({ checkpointId, cells }) => (
                    <td key={checkpointId}>
                      {[cells[benchmark]?.recomputed, cells[benchmark]?.reported].map((cell) =>
                        cell == null ? null : (
                          <span key={cell.evidence} className="model-figure">
                            <Link href={`/runs/${cell.runId}`} prefetch={false}>
                              <IntervalText value={cell.value} interval={cell.interval} />
                            </Link>
                            <EvidenceBadge evidence={cell.evidence} />
                          </span>
                        ),
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
