import { benchmarksRouter } from './benchmarks';
import { chatRouter } from './chat';
import { createCallerFactory, router } from './init';
import { leaderboardRouter } from './leaderboard';
import { runsRouter } from './runs';
import { shareRouter } from './share';
import { submissionsRouter } from './submissions';
import { trainingRouter } from './training';

export const appRouter = router({
  benchmarks: benchmarksRouter,
  chat: chatRouter,
  leaderboard: leaderboardRouter,
  runs: runsRouter,
  share: shareRouter,
  submissions: submissionsRouter,
  training: trainingRouter,
});
export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
