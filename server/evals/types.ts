import type { SplitSource } from '@/lib/benchmarks/benchmark';
import type { Behaviour } from '@/lib/compare/behaviour';
import type { PlacedSet } from '@/lib/compare/compare-loaded';
import type { PackedOutcomes } from '@/lib/compare/packed-samples';
import type { Lengths } from '@/lib/findings/lengths';
import type { Stage } from '@/lib/models/stage';
import type { Gold, Sample } from '@/lib/samples/sample';
import type { Outcome, Scorer, ScorerId, Upstream } from '@/lib/scoring/scorer';
import type { OutcomeComparison } from '@/lib/stats/compare-outcomes';
import type { BreakdownGroup, Interval } from '@/lib/stats/score';
import type { Task } from '@/lib/world/question';
import type { JudgeRecord, RunSource, RunState } from '../db';

/** What the pages are told. Screens take these types (and nothing else) from the server. */

/* ---------------------------------------------------------------- leaderboard */

export interface BoardColumn {
  benchmark: string;
  shortName: string;
  name: string;
  ability: string;
  /** The headline in words: "accuracy", "mean of the three val splits". */
  headlineLabel: string;
  /** Scorer of the column; two figures of a column come from the same rule unless the cell says otherwise. */
  scorer: ScorerId;
  /** What it is until the visitor chooses otherwise: in the averages and shown, shown alone, or neither. */
  atFirst: 'averaged' | 'shown' | 'hidden';
}

/** One figure of a checkpoint for a benchmark, by one kind of evidence. */
export interface BoardCell {
  /** The run that it links to; for a mean of splits, the first of them. */
  runId: string;
  evidence: 'reported' | 'recomputed';
  value: number;
  interval: Interval | null;
  /**
   * 1 + the number of checkpoints that are better beyond chance, among the figures of the same evidence by the same
   * scorer; equal ranks are ties. Null where samples wait for a judge: the figure is not whole.
   */
  rank: number | null;
  scorer: string;
  /** Percent of the samples that wait for a judge; they count as wrong. */
  unjudged: number;
  /**
   * Whether it differs from the same figure of the base of its line beyond chance, sample by sample; null where the two
   * have no samples in common, or there is no base.
   */
  beyondChance: boolean | null;
  /** "recomputed here from 5,000 samples", "reported in …"; says it where some of them need a judge. */
  provenance: string;
}

export interface BoardRow {
  checkpointId: string;
  modelSlug: string;
  modelName: string;
  family: string;
  parametersB: number | null;
  openWeights: boolean;
  link: string | null;
  stage: Stage | null;
  step: number | null;
  parentId: string | null;
  /** By benchmark id; both kinds of evidence where both exist. */
  cells: Readonly<Record<string, { reported: BoardCell | null; recomputed: BoardCell | null }>>;
}

export interface Board {
  columns: readonly BoardColumn[];
  rows: readonly BoardRow[];
}

/** A benchmark's page: what it is, and all published runs with their breakdowns. */
export interface BenchmarkPage {
  id: string;
  name: string;
  ability: string;
  description: string;
  licence: string;
  sources: readonly { label: string; url: string }[];
  splits: readonly {
    id: string;
    label: string;
    sampleCount: number;
    /** Published data is installed by hand; generated data comes by itself. */
    kind: SplitSource['kind'];
    installed: { sha256: string; source: string; installedAt: Date } | null;
  }[];
  prompts: readonly { id: string; label: string; template: string }[];
  maxNewTokens: number | null;
  headlineLabel: string;
  scorers: readonly {
    id: string;
    label: string;
    rule: string;
    upstream: Upstream | null;
  }[];
  breakdowns: readonly { tag: string; label: string }[];
  secondary: readonly { id: string; label: string; formula: string }[];
  caveats: readonly string[];
  runs: readonly BenchmarkRun[];
}

export interface BenchmarkRun {
  runId: string;
  split: string | null;
  checkpointId: string;
  modelName: string;
  stage: Stage | null;
  source: RunSource;
  scorer: string;
  headline: number;
  interval: Interval | null;
  correct: number | null;
  /** Samples that need a judge model; they count as wrong. */
  needsJudge: number;
  total: number | null;
  breakdown: readonly BreakdownGroup[];
  secondary: Readonly<Record<string, number>>;
  publishedAt: Date | null;
}

/* ---------------------------------------------------------------- a run and its samples */

export interface RunPage {
  id: string;
  state: RunState;
  source: RunSource;
  benchmark: {
    id: string;
    name: string;
    breakdowns: readonly { tag: string; label: string }[];
    secondary: readonly { id: string; label: string; formula: string }[];
  };
  split: { id: string; label: string } | null;
  model: {
    slug: string;
    name: string;
    parametersB: number | null;
    openWeights: boolean;
    link: string | null;
  };
  checkpoint: { id: string; stage: Stage | null; step: number | null };
  scorer: {
    id: string;
    label: string;
    rule: string;
    upstream: Upstream | null;
  } | null;
  data: { sha256: string; source: string; licence: string; sampleCount: number } | null;
  file: { name: string; sha256: string; format: string; bytes: number } | null;
  prompt: string | null;
  generation: Record<string, unknown> | null;
  citation: string | null;
  claimedAccuracy: number | null;
  matched: number | null;
  missing: number | null;
  /** While scoring: how far. */
  progress: { scored: number; total: number } | null;
  error: string | null;
  score: {
    headline: number;
    interval: Interval | null;
    correct: number | null;
    /** Samples that need a judge model; they count as wrong. */
    needsJudge: number;
    total: number | null;
    breakdown: readonly BreakdownGroup[];
    secondary: Readonly<Record<string, number>>;
  } | null;
  /** The judge model that may be asked here; null where there is none. */
  judge: string | null;
  /** Id of the scorer of the headline. */
  headlineScorer: string;
  /** The scorers of the benchmark and those that the run was scored by; empty where it has no samples. */
  scorers: readonly RunScorer[];
  /** Counts by outcome, for the filter. */
  outcomes: Readonly<Record<Outcome, number>> | null;
  /** Tags and their values with counts, for the filter. */
  tags: readonly { tag: string; label: string; values: readonly { value: string; count: number }[] }[];
  createdAt: Date;
  publishedAt: Date | null;
  /** What was done with it since it was scored, the oldest first. */
  history: readonly RunChange[];
  /** True where the visitor holds the right to publish, withdraw or discard it. */
  mayDecide: boolean;
  /** True where the visitor may correct what is said of its model as well; not of a model that the site describes itself. */
  mayCorrect: boolean;
}

export interface RunChange {
  kind: 'published' | 'withdrawn' | 'corrected';
  /** `team` whoever holds the write token, `site` this server itself. */
  by: string;
  at: Date;
  /** Of a correction: what it changed, by name. */
  changes: Readonly<Record<string, readonly [before: unknown, after: unknown]>> | null;
  /** Why, in the words of who did it. */
  note: string | null;
}

/** The figure of a run by one scorer, in percent. */
export interface ScorerFigure {
  headline: number;
  interval: Interval;
  correct: number;
  needsJudge: number;
  total: number;
}

/** A scorer and what it makes of a run. */
export interface RunScorer {
  id: string;
  /** Null where this version of the code has no such scorer any more. */
  scorer: { label: string; rule: string; upstream: Scorer['upstream'] } | null;
  /** Whether a judge decided, and what it took. */
  judged: JudgeRecord | null;
  /** Id of the same rule with the judge of this server, where the rule needs one and it has not been asked. */
  judgeable: string | null;
  score: ScorerFigure | null;
  /** Verdicts that are another than by the scorer of the headline. */
  changed: number;
  /** Where it is being scored, or could not be. */
  rescoring: { state: 'scoring'; scored: number; total: number } | { state: 'failed'; error: string } | null;
}

/** What asking a judge would take, at most. */
export interface JudgeEstimate {
  model: string;
  samples: number;
  /** Questions whose replies are not kept yet. */
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** By OCEAN_JUDGE_PRICE, in its currency; null where no price is set. */
  cost: number | null;
}

export interface SampleFilter {
  outcome?: Outcome | undefined;
  tag?: { tag: string; value: string } | undefined;
  /** Substring of question, output or answer, case-insensitive. */
  text?: string | undefined;
}

/** A row of the list: short texts only, so that 26,000 can be read by range. */
export interface SampleRow {
  sampleId: string;
  ordinal: number;
  outcome: Outcome;
  question: string;
  gold: Gold;
  answer: string | null;
  reason: string;
}

export interface VerdictRow {
  outcome: Outcome;
  answer: string | null;
  reason: string;
}

/** A verdict as it is shown on the whole output. */
export interface VerdictDetail extends VerdictRow {
  span: readonly [number, number] | null;
}

export interface SampleDetail {
  sampleId: string;
  ordinal: number;
  question: string;
  options: readonly string[] | null;
  gold: Gold;
  tags: Readonly<Record<string, string | readonly string[]>>;
  /** Path as in the data, and an address where the image is installed. */
  image: string | null;
  imageUrl: string | null;
  output: string | null;
  tokens: number | null;
  outcome: Outcome;
  answer: string | null;
  reason: string;
  span: readonly [number, number] | null;
  /** The scene of Ocean World that it asks about; null of all other samples. */
  scene: { task: Task; seed: number } | null;
  /** Boxes to draw, in the image's pixels, where the benchmark has boxes. */
  boxes: readonly { label: 'gold' | 'answer'; box: readonly [number, number, number, number] }[];
}

/* ---------------------------------------------------------------- two scorers of a run */

/** Two scorers over the samples of one run, all of them scored by both. */
export interface ScorerComparison extends OutcomeComparison {
  /** Samples whose outcome is the same and whose extracted answer is another. */
  otherAnswers: number;
}

/** Which samples of a comparison are listed; without `change` those whose outcome is another. */
export interface ChangeFilter {
  change?: 'answer' | { from: Outcome; to: Outcome } | undefined;
  tag?: { tag: string; value: string } | undefined;
}

export interface ChangedRow {
  sampleId: string;
  ordinal: number;
  question: string;
  gold: Gold;
  from: VerdictRow;
  to: VerdictRow;
}

/** A sample with its output, to be scored in the browser, and what a stored scorer says of it. */
export interface ScorableSample extends Sample {
  ordinal: number;
  output: string | null;
  /** What a judge upstream found that the output answers, where the file keeps it. */
  extraction: string | null;
  verdict: VerdictRow;
}

/* ---------------------------------------------------------------- several runs over the same samples */

/** A checkpoint that can be chosen to be compared. */
export interface CompareChoice {
  checkpointId: string;
  modelSlug: string;
  modelName: string;
  stage: Stage | null;
  step: number | null;
}

/** What is compared, and with what. */
export interface ChosenRuns {
  /** Ids of runs. */
  runs: readonly string[];
  /** Ids of checkpoints, which stand for their runs. */
  checkpoints: readonly string[];
  /** A model, which stands for the checkpoints of its training. */
  model: string | null;
  /** A run, or a checkpoint: the others are compared with it. */
  baseline: string | null;
}

export interface Comparison {
  /** Those that the sets are made of. */
  runs: readonly {
    id: string;
    /** The shortest that tells it from the others. */
    name: string;
    model: string;
    checkpointId: string;
    /** Null of a reported figure. */
    outcomes: PackedOutcomes | null;
  }[];
  /** One a split of a benchmark. */
  sets: readonly PlacedSet[];
  /** In a sentence each, what could not be compared. */
  leftOut: readonly string[];
}

export interface ComparedRow {
  sampleId: string;
  ordinal: number;
  question: string;
  gold: Gold;
  /** One a run. */
  sides: readonly { outcome: Outcome; answer: string | null }[];
}

/** How a run answers: in all, and by what became of the samples since the baseline; null of the baseline. */
export interface ComparedBehaviour {
  all: Behaviour;
  since: Readonly<Record<'broken' | 'fixed' | 'bothRight' | 'bothWrong', Behaviour>> | null;
}

/** How long a run's outputs are. */
export interface RunLengths {
  id: string;
  /** Tokens where every output has their number. */
  unit: 'tokens' | 'characters';
  /** Of all outputs, then by the values of the tag. */
  lengths: readonly Lengths[];
}

/** How many of a run's outputs reflect, by some phrases. */
export interface RunReflection {
  id: string;
  outputs: number;
  correct: number;
  reflecting: number;
  reflectingCorrect: number;
  /** By category; those without any are absent. */
  by: Readonly<Record<string, number>>;
  /** Ids of some samples whose outputs reflect. */
  examples: readonly string[];
}

/* ---------------------------------------------------------------- a submission */

export interface PreflightReport {
  fileSha256: string;
  fileName: string;
  bytes: number;
  format: { id: string; label: string };
  /** Found by content or chosen; null where neither decides, then `candidates` are offered. */
  target: { benchmark: string; split: string } | null;
  candidates: readonly {
    benchmark: string;
    split: string;
    name: string;
    matched: number;
    total: number;
    installed: boolean;
  }[];
  /** Those that were looked at, and whether these are all; the counts are of them. */
  rows: number;
  whole: boolean;
  total: number;
  matched: number;
  missing: number;
  unknown: number;
  duplicates: number;
  /** A few of each, for the page. */
  examples: { missing: readonly string[]; unknown: readonly string[]; duplicates: readonly string[] };
  /** Percent, as the file says. */
  claimedAccuracy: number | null;
  /** By the scorer; null where it took too long here and the scoring will tell. */
  recomputed: {
    /** Percent. */
    accuracy: number;
    /** Samples that wait for a judge; they count as wrong. */
    needsJudge: number;
    /** Rows that the file marks itself, of those how many as right, and how many otherwise than they are here. */
    marks: { total: number; right: number; rightAndWrongHere: number; wrongAndRightHere: number };
  } | null;
  scorer: { id: string; label: string } | null;
  manifest: { model: string | null; prompt: string | null; generation: Record<string, unknown> | null };
  /** What stands in the way of scoring, in sentences; empty where nothing does. */
  problems: readonly string[];
  /** A run that these bytes already made. */
  existingRunId: string | null;
}

export type SubmissionEvent =
  | { type: 'progress'; state: RunState; scored: number; total: number }
  | { type: 'done'; state: RunState; error: string | null };
