import { and, eq } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { readJudgedId } from '@/lib/scoring/judge';
import { getDb, run, score } from '../db';
import { env } from '../env';
import { Problem } from '../problem';
import { queueScoring } from './queue';

/**
 * Queues the scoring of a scored run by one more scorer of its benchmark. Asked for again while it goes on, or once its
 * score is there, it does nothing; after a failure it tries anew.
 * @throws Problem
 */
export async function rescoreRun(runId: string, scorer: string): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    const [found] = await tx.select().from(run).where(eq(run.id, runId)).for('update');
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    if (found.source === 'reported')
      throw new Problem('conflict', 'A reported figure has no predictions that could be scored.');
    if (found.state !== 'scored' && found.state !== 'published')
      throw new Problem(
        'conflict',
        `The run is ${found.state}: only a scored run can be scored by another rule.`,
      );
    const benchmark = benchmarkOf(found.benchmark);
    const judged = readJudgedId(scorer);
    if (judged !== null && judged.model !== env().OCEAN_JUDGE_MODEL)
      throw new Problem('refused', `This server has no judge "${judged.model}".`);
    if (!benchmark?.scorers.some(({ id }) => id === (judged?.scorer ?? scorer)))
      throw new Problem('refused', `${benchmark?.name ?? found.benchmark} has no scorer "${scorer}".`);
    const scored = and(eq(score.runId, runId), eq(score.scorer, scorer));
    if ((await tx.$count(score, scored)) === 0) await queueScoring(tx, runId, scorer);
  });
}
