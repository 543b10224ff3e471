import { api } from '../trpc/server';
import type { Measured } from './notice';

/** What Nano's published runs have by task; empty until they are scored. */
export async function readMeasured(): Promise<Measured> {
  const { models, leaderboard } = await api();
  const [nano, world] = await Promise.all([
    models.page({ slug: 'ocean-r1-nano' }),
    leaderboard.benchmark({ id: 'ocean-world' }),
  ]);
  return Object.fromEntries(
    (nano?.line ?? []).flatMap(({ checkpointId, browserModel }) => {
      const run = world.runs.find((each) => each.checkpointId === checkpointId && each.split === 'test');
      if (run === undefined || browserModel === null) return [];
      const tasks = run.breakdown.filter(({ tag }) => tag === 'task');
      return [
        [
          browserModel,
          Object.fromEntries(tasks.map(({ value, accuracy, total }) => [value, { accuracy, total }])),
        ],
      ];
    }),
  );
}
