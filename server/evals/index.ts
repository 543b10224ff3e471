export { type NewRun, newRun, sha256 } from './new-run';

import type { Principal } from '../auth';
import type { NewRun } from './new-run';
import type {
  PreflightReport,
  RunPage,
  SampleDetail,
  SampleFilter,
  SampleRow,
  SubmissionEvent,
} from './types';

// The signatures that the screens are built on; the rooms behind them are under construction.
const notBuilt = (): never => {
  throw new Error('not built yet');
};

export { benchmarkPage } from './benchmark-page';
export { board } from './board';
export { listModels, submittableBenchmarks } from './submission-choices';
export const resumeScorings = async (): Promise<void> => {};
export const stopScorings = async (): Promise<void> => {};
export const runPage = async (_id: string, _principal: Principal): Promise<RunPage | null> => notBuilt();
export const sampleRows = async (
  _id: string,
  _principal: Principal,
  _filter: SampleFilter,
  _offset: number,
  _limit: number,
): Promise<{ total: number; rows: readonly SampleRow[] }> => notBuilt();
export const sampleDetail = async (
  _id: string,
  _principal: Principal,
  _sampleId: string,
): Promise<SampleDetail | null> => notBuilt();
/** Place (from 0) of a sample among those that the filter leaves; null where it leaves it out or there is none. */
export const samplePosition = async (
  _id: string,
  _principal: Principal,
  _filter: SampleFilter,
  _sampleId: string,
): Promise<number | null> => notBuilt();
export const preflight = async (_input: {
  fileSha256: string;
  fileName: string;
  benchmark: string | null;
  split: string | null;
}): Promise<PreflightReport> => notBuilt();
export const createRun = async (_input: NewRun): Promise<{ runId: string; existed: boolean }> => notBuilt();
export const cancelScoring = async (_runId: string): Promise<void> => notBuilt();
export const publishRun = async (_runId: string): Promise<void> => notBuilt();
/** Removes the run and what only it used. */
export const discardRun = async (_runId: string): Promise<void> => notBuilt();
export async function* followRun(
  _runId: string,
  _signal: AbortSignal | undefined,
): AsyncGenerator<{ id: string; event: SubmissionEvent }> {
  yield notBuilt();
}
