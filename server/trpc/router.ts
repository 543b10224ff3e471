import { benchmarksRouter } from './benchmarks';
import { chatRouter } from './chat';
import { guidesRouter } from './guides';
import { createCallerFactory, router } from './init';
import { leaderboardRouter } from './leaderboard';
import { modelsRouter } from './models';
import { runsRouter } from './runs';
import { shareRouter } from './share';
import { siteRouter } from './site';
import { submissionsRouter } from './submissions';
import { trainingRouter } from './training';

export const appRouter = router({
  benchmarks: benchmarksRouter,
  chat: chatRouter,
  guides: guidesRouter,
  leaderboard: leaderboardRouter,
  models: modelsRouter,
  runs: runsRouter,
  share: shareRouter,
  site: siteRouter,
  submissions: submissionsRouter,
  training: trainingRouter,
});
export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
