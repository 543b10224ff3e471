import { chatRouter } from './chat';
import { createCallerFactory, router } from './init';
import { leaderboardRouter } from './leaderboard';
import { runsRouter } from './runs';
import { submissionsRouter } from './submissions';

export const appRouter = router({
  chat: chatRouter,
  leaderboard: leaderboardRouter,
  runs: runsRouter,
  submissions: submissionsRouter,
});
export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
