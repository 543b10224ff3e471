import { sql } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { REPORTED, REPORTED_SOURCE } from '@/lib/benchmarks/reported';
import { reportedInterval } from '@/lib/stats/intervals';
import { type Db, run, score } from '../db';
import { describeModel, NANO, NANO_CHECKPOINTS } from '../models';
import { ANY, BOARD } from './topics';

/** Writes the seed's published table and our own Nano, or what has changed of them since. Nothing else is touched. */
export async function seed(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    await describeModel(tx, NANO, NANO_CHECKPOINTS);
    for (const { id, name, family, parametersB, openWeights, link, stage, parentId, figures } of REPORTED) {
      await describeModel(tx, { slug: id, name, family, parametersB, openWeights, link }, [
        { id, stage, parentId, browserModel: null },
      ]);
      for (const [benchmarkId, headline] of Object.entries(figures)) {
        const benchmark = benchmarkOf(benchmarkId);
        if (benchmark === null)
          throw new Error(`a figure is reported for "${benchmarkId}", which is no benchmark`);
        // The rule that the figure is compared by here; the authors' own stands in the citation.
        const scorer = benchmark.scorers[0].id;
        const runId = `reported-${id}-${benchmarkId}`;
        const source = {
          citation: `${REPORTED_SOURCE.citation} (${REPORTED_SOURCE.url})`,
          scorer,
          publishedAt: new Date(REPORTED_SOURCE.date),
        };
        await tx
          .insert(run)
          .values({
            id: runId,
            checkpointId: id,
            benchmark: benchmarkId,
            source: 'reported',
            owner: 'site',
            state: 'published',
            ...source,
          })
          .onConflictDoUpdate({ target: run.id, set: source });
        const { headline: shown } = benchmark;
        const splits =
          shown.kind === 'mean-of-splits'
            ? benchmark.splits.filter((split) => shown.splits.includes(split.id))
            : [benchmark.splits[0]];
        const [first, ...rest] = splits.map(({ sampleCount }) => sampleCount);
        if (first === undefined) throw new Error(`${benchmarkId} has no split of its headline`);
        const figure = { scorer, headline, interval: reportedInterval(headline, [first, ...rest]) };
        await tx
          .insert(score)
          .values({ runId, ...figure, breakdown: [], secondary: {} })
          .onConflictDoUpdate({ target: [score.runId, score.scorer], set: figure });
        // One score a reported run: a scorer that it was seeded with before is gone with it.
        await tx.delete(score).where(sql`${score.runId} = ${runId} and ${score.scorer} <> ${scorer}`);
      }
    }
    await BOARD.publish(tx, ANY, null);
  });
}
