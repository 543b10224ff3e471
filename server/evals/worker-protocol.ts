import type { RunScore } from '@/lib/stats/score';
import type { PreflightReport } from './types';

/** What the server's thread and a worker that reads a file say to each other. */

/** Places in `gauges`, an Int32Array that both see, so that a worker is watched while it answers nothing. */
export const GAUGE = { phase: 0, rows: 1, position: 2, acknowledged: 3, length: 4 } as const;

/** Reading (and all else), in the scorer, or waiting until the server has written what it was sent. */
export const PHASE = { reading: 0, scoring: 1, waiting: 2 } as const;

interface FileTask {
  path: string;
  fileName: string;
  dataDir: string;
  gauges: SharedArrayBuffer;
}

export interface PreflightTask extends FileTask {
  kind: 'preflight';
  benchmark: string | null;
  split: string | null;
  /** How long rows are looked at and scored, in ms. */
  lookMs: number;
}

export interface ScoringTask extends FileTask {
  kind: 'scoring';
  benchmark: string;
  split: string;
  scorer: string;
  /** Of the annotations that the run is scored by. */
  dataSha256: string;
  /** Whether the samples are to be sent first, as the database does not have them. */
  sendSamples: boolean;
  /** Whether the outputs are to be sent beside their verdicts, as the database does not have them. */
  sendPredictions: boolean;
  /** By sample, what a judge said of those that need one; null where none was asked. */
  replies: ReadonlyMap<string, readonly string[]> | null;
  /** How many verdicts the server has already, from a worker before this one: those are not sent again. */
  received: number;
  /** Places (among the rows that name a sample) where a worker before this one was lost, and why, in words. */
  lost: ReadonlyMap<number, string>;
  /** A byte a sample in the data's order: 1 + the index in OUTCOMES. Outlives the worker. */
  outcomes: SharedArrayBuffer;
}

export type Task = PreflightTask | ScoringTask;

export type PreflightFindings = Omit<
  PreflightReport,
  'fileSha256' | 'fileName' | 'bytes' | 'recomputed' | 'existingRunId'
>;

export interface ScoringResult {
  score: RunScore;
  verdictBits: Uint8Array;
  matched: number;
  missing: number;
  claimedAccuracy: number | null;
  format: string;
}

/** Rows are JSON already: the server's thread hands the text on to the database. */
export type WorkerMessage =
  /** With how much of its time is left to score the file. */
  | { type: 'findings'; findings: PreflightFindings; leftMs: number }
  | { type: 'accuracy'; recomputed: PreflightReport['recomputed'] }
  | { type: 'samples'; json: string; last: boolean }
  | { type: 'verdicts'; count: number; verdicts: string; predictions: string }
  | { type: 'done'; result: ScoringResult | null }
  /** The file or the data is refused, with a sentence for people. */
  | { type: 'refused'; message: string };

export type Post = (message: WorkerMessage) => void;

/** A refusal in the worker's own words. */
export class TaskRefused extends Error {
  override readonly name = 'TaskRefused';
}
