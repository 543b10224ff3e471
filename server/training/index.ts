export {
  type Agent,
  type AgentRow,
  authoriseAgent,
  createAgent,
  listAgents,
  revokeAgent,
  seen,
} from './agents';
export { type Config, configOf } from './config';
export { createJobs, type NewJobs, newJobs } from './create-jobs';
export { cancelJob, describeJob, failJob } from './decide';
export { EventGap, takeEvents } from './events';
export { finish } from './finish';
export { followJob, type JobTick } from './follow-job';
export { type ImportedRun, importedRun, importRun, missingBlobs } from './import-run';
export { BEAT_SECONDS, beat, LEASE_SECONDS, LeaseLost, takeJob } from './lease';
export { type Choices, type Forked, forkOf, newRunChoices, type ShippedRecipe } from './new-run';
export { addOwnJobs } from './own-jobs';
export { publishTraining, unpublishTraining } from './publish';
export { type JobFilter, type JobPage, type JobRow, jobPage, listJobs } from './read-jobs';
export {
  type Curve,
  curves,
  isRolloutImage,
  type LogEntry,
  logOf,
  machineOf,
  ROLLOUT_FILTERS,
  ROLLOUT_ORDERS,
  type RolloutRow,
  rolloutAt,
  rolloutPoints,
  rollouts,
} from './read-told';
export { resumeOf, startOf } from './remote-folder';
export { resumeJob } from './resume';
