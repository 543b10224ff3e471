export {
  type Agent,
  type AgentRow,
  authoriseAgent,
  createAgent,
  listAgents,
  revokeAgent,
  seen,
} from './agents';
export { createJobs, type NewJobs, newJobs } from './create-jobs';
export { cancelJob, describeJob, failJob } from './decide';
export { EventGap, takeEvents } from './events';
export { finish } from './finish';
export { BEAT_SECONDS, beat, LEASE_SECONDS, LeaseLost, takeJob } from './lease';
export { resumeOf, startOf } from './remote-folder';
