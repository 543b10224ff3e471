import type { inferRouterOutputs } from '@trpc/server';
import type { PreflightReport } from '@/server/evals/types';
import type { AppRouter } from '@/server/trpc/router';

type Answers = inferRouterOutputs<AppRouter>['submissions'];

export type Session = Answers['session'];
export type SubmittableBenchmark = Answers['benchmarks'][number];
export type Candidate = PreflightReport['candidates'][number];
