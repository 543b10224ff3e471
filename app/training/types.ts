import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@/server/trpc/router';

/** What the server says of trainings. */

type In = inferRouterInputs<AppRouter>['training'];
type Out = inferRouterOutputs<AppRouter>['training'];

export type JobRow = Out['list'][number];
export type JobPage = NonNullable<Out['page']>;
export type Curves = Out['curves'];
export type Curve = Curves[string];
export type RolloutRow = Out['rollouts']['groups'][number];
export type RolloutPoint = Out['rolloutPoints'][number];
export type RolloutFilter = NonNullable<In['rollouts']['filter']>;
export type RolloutOrder = NonNullable<In['rollouts']['order']>;
export type LogEntry = Out['log'][number];
export type MachineEntry = Out['machine'][number];
export type AgentRow = Out['agents'][number];
export type Config = Out['config'];
export type Response = RolloutRow['data']['responses'][number];
export type Choices = Out['choices'];
export type Forked = Out['forkOf'];
export type NewJobs = In['create'];
