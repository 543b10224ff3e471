import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import type { Conversation } from '@/lib/chat/conversation';
import { STAGES } from '@/lib/models/stage';
import type { Gold } from '@/lib/samples/sample';
import type { Outcome } from '@/lib/scoring/scorer';
import type { BreakdownGroup, Interval } from '@/lib/stats/score';
import type { JobSpec, LoggedEvent, Machine, MetricValue, RolloutGroup } from '@/lib/training/protocol';

/** Both drivers give a Uint8Array; node-postgres's is a Buffer. */
const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

export const model = pgTable('model', {
  slug: text('slug').primaryKey(),
  name: text('name').notNull(),
  family: text('family').notNull(),
  /** Billions of parameters, null where undisclosed. */
  parametersB: doublePrecision('parameters_b'),
  openWeights: boolean('open_weights').notNull(),
  link: text('link'),
  createdAt: createdAt(),
});

export const checkpoint = pgTable(
  'checkpoint',
  {
    id: text('id').primaryKey(),
    modelSlug: text('model_slug')
      .notNull()
      .references(() => model.slug),
    /** Null of a model that has no part in the recipe. */
    stage: text('stage', { enum: STAGES }),
    step: integer('step'),
    /** The checkpoint that it was trained from; deltas are taken to the first of the line. */
    parentId: text('parent_id').references((): AnyPgColumn => checkpoint.id),
    /** Of the checkpoints of one model and stage, the one that the board shows. */
    onBoard: boolean('on_board').notNull().default(true),
    /** The folder of public/models by which browsers run it; null of a checkpoint that they do not. */
    browserModel: text('browser_model').unique(),
    /** The job that made it. */
    jobId: text('job_id').references((): AnyPgColumn => job.id),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('checkpoint_on_board')
      .on(table.modelSlug, sql`coalesce(${table.stage}, '')`)
      .where(sql`${table.onBoard}`),
  ],
);

/** A file of a checkpoint, by its path in the model's folder. */
export const checkpointFile = pgTable(
  'checkpoint_file',
  {
    checkpointId: text('checkpoint_id')
      .notNull()
      .references(() => checkpoint.id, { onDelete: 'cascade' }),
    path: text('path').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blob.sha256),
  },
  (table) => [
    primaryKey({ columns: [table.checkpointId, table.path] }),
    index('checkpoint_file_blob').on(table.sha256),
  ],
);

/** Sessions that were signed out of, until they would have ended by themselves. */
export const endedSession = pgTable('ended_session', {
  id: text('id').primaryKey(),
  ends: timestamp('ends', { withTimezone: true }).notNull(),
});

/** Installed annotations: one row a (benchmark, split, version), where version is the sha256 of the file. */
export const benchmarkData = pgTable(
  'benchmark_data',
  {
    id: text('id').primaryKey(),
    benchmark: text('benchmark').notNull(),
    split: text('split').notNull(),
    sha256: text('sha256').notNull(),
    source: text('source').notNull(),
    licence: text('licence').notNull(),
    sampleCount: integer('sample_count').notNull(),
    installedAt: timestamp('installed_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex('benchmark_data_version').on(table.benchmark, table.split, table.sha256)],
);

export const sample = pgTable(
  'sample',
  {
    dataId: text('data_id')
      .notNull()
      .references(() => benchmarkData.id),
    sampleId: text('sample_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    question: text('question').notNull(),
    options: jsonb('options').$type<readonly string[]>(),
    gold: jsonb('gold').$type<Gold>().notNull(),
    tags: jsonb('tags').$type<Record<string, string | readonly string[]>>().notNull(),
    image: text('image'),
    cluster: text('cluster').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.dataId, table.sampleId] }),
    uniqueIndex('sample_order').on(table.dataId, table.ordinal),
  ],
);

/** A file under its sha256. Whatever keeps one refers to this table; what nothing refers to goes after a day. */
export const blob = pgTable('blob', {
  sha256: text('sha256').primaryKey(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  createdAt: createdAt(),
});

/** `reported`: a figure from a paper; `upload`: recomputed here from predictions; `job`: produced and scored here. */
export const RUN_SOURCES = ['reported', 'upload', 'job'] as const;
export type RunSource = (typeof RUN_SOURCES)[number];

/** A run is visible to all once `published`; `scored` waits for a decision, and `withdrawn` was published before. */
export const RUN_STATES = ['scoring', 'scored', 'published', 'withdrawn', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

export const run = pgTable(
  'run',
  {
    id: text('id').primaryKey(),
    checkpointId: text('checkpoint_id')
      .notNull()
      .references(() => checkpoint.id),
    benchmark: text('benchmark').notNull(),
    /** Null for a reported figure of the benchmark as a whole. */
    split: text('split'),
    source: text('source', { enum: RUN_SOURCES }).notNull(),
    state: text('state', { enum: RUN_STATES }).notNull(),
    /** Who handed it in: `team` whoever holds the write token, `site` this server itself. */
    owner: text('owner').notNull().default('team'),
    /** Whether it is published as soon as it is scored, without anybody's decision. */
    publishWhenScored: boolean('publish_when_scored').notNull().default(false),
    /** The scorer of the headline; a run can carry scores of several. */
    scorer: text('scorer').notNull(),
    dataId: text('data_id').references(() => benchmarkData.id),
    fileSha256: text('file_sha256').references(() => blob.sha256),
    /** The job that produced the predictions. */
    jobId: text('job_id').references((): AnyPgColumn => job.id),
    fileName: text('file_name'),
    format: text('format'),
    prompt: text('prompt'),
    generation: jsonb('generation').$type<Record<string, unknown>>(),
    /** Where a reported figure was read. */
    citation: text('citation'),
    /** Accuracy in percent that the file claims for itself. */
    claimedAccuracy: doublePrecision('claimed_accuracy'),
    /** Rows of the file that name a sample, and samples that no row names. */
    matched: integer('matched'),
    missing: integer('missing'),
    error: text('error'),
    createdAt: createdAt(),
    publishedAt: timestamp('published_at', { withTimezone: true }),
  },
  (table) => [
    // The same bytes for the same benchmark are one run.
    uniqueIndex('run_file')
      .on(table.fileSha256, table.benchmark, table.split)
      .where(sql`${table.fileSha256} is not null`),
    index('run_board').on(table.state, table.benchmark),
  ],
);

/** What was done with a run since it was scored, the oldest first. */
export const runChange = pgTable(
  'run_change',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    runId: text('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['published', 'withdrawn', 'corrected'] }).notNull(),
    /** As a run's owner. */
    by: text('by').notNull(),
    /** What a correction changed, by name: what it was, and what it is. */
    changes: jsonb('changes').$type<Record<string, readonly [before: unknown, after: unknown]>>(),
    /** Why, in the words of who did it. */
    note: text('note'),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('run_change_of').on(table.runId, table.id)],
);

/**
 * A run that is to be scored by a scorer, is being scored, or could not be; gone once the score is there. Of several
 * servers on one database one takes it up at a time: `fence` counts who did, and what an earlier one still writes is refused.
 */
export const scoring = pgTable(
  'scoring',
  {
    runId: text('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    scorer: text('scorer').notNull(),
    state: text('state', { enum: ['scoring', 'failed'] })
      .notNull()
      .default('scoring'),
    error: text('error'),
    fence: integer('fence').notNull().default(0),
    /** Who took it up is taken to live until then; null where it waits. */
    leasedUntil: timestamp('leased_until', { withTimezone: true }),
    /** Samples that have a verdict so far, of how many: 0 until that is known. */
    scored: integer('scored').notNull().default(0),
    total: integer('total').notNull().default(0),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.scorer] })],
);

/** A box that trains, or its owner's laptop. */
export const agent = pgTable('agent', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** sha256 of the token by which it opens the agent's doors, and no others. */
  tokenHash: text('token_hash').notNull().unique(),
  revokedAt: timestamp('revoked_at', { withTimezone: true }),
  seenAt: timestamp('seen_at', { withTimezone: true }),
  /** What it said of itself when it asked last. */
  machine: jsonb('machine').$type<Machine>(),
  createdAt: createdAt(),
});

export const JOB_STATES = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** A piece of training, export or evaluation that an agent does. What it is to do never changes. */
export const job = pgTable(
  'job',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    note: text('note').notNull().default(''),
    spec: jsonb('spec').$type<JobSpec>().notNull(),
    /** The job that has to succeed before this one begins. */
    afterId: text('after_id').references((): AnyPgColumn => job.id),
    state: text('state', { enum: JOB_STATES }).notNull().default('waiting'),
    /** In a sentence, of one that failed, or why it was cancelled. */
    error: text('error'),
    owner: text('owner').notNull().default('team'),
    /** Whether everybody may see it. */
    public: boolean('public').notNull().default(false),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    /** Counts who took it up: it is the fence, and part of the name of all that an attempt tells. */
    attempt: integer('attempt').notNull().default(0),
    /** Attempts since the last checkpoint: those before it were not in vain. */
    losses: integer('losses').notNull().default(0),
    agentId: text('agent_id').references(() => agent.id),
    /** sha256 of the token by which the agent at work writes. */
    leaseHash: text('lease_hash'),
    leasedUntil: timestamp('leased_until', { withTimezone: true }),
    /** Not to be taken up before: a lost attempt is tried again after a while. */
    notBefore: timestamp('not_before', { withTimezone: true }),
    /** Of the attempt at work: the next event that it is to tell. */
    nextSeq: integer('next_seq').notNull().default(0),
    step: integer('step').notNull().default(0),
    steps: integer('steps'),
    startedAt: timestamp('started_at', { withTimezone: true }),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [index('job_waiting').on(table.state, table.createdAt), index('job_after').on(table.afterId)],
);

/** What an attempt told that is neither a metric nor a rollout: lines of its log, notices, how its machine is. */
export const jobEvent = pgTable(
  'job_event',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => job.id, { onDelete: 'cascade' }),
    attempt: integer('attempt').notNull(),
    seq: integer('seq').notNull(),
    data: jsonb('data').$type<LoggedEvent>().notNull(),
    /** By the clock of the box. */
    at: timestamp('at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.attempt, table.seq] })],
);

/** What a step measured: the newest attempt's, where several took it. */
export const jobMetric = pgTable(
  'job_metric',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => job.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    values: jsonb('values').$type<Record<string, MetricValue>>().notNull(),
    attempt: integer('attempt').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.step] })],
);

/**
 * The lowest and the highest of each metric within whole spans of steps, told together with the step that ends them: a curve of
 * a hundred thousand steps is drawn of these.
 */
export const jobMetricSpan = pgTable(
  'job_metric_span',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => job.id, { onDelete: 'cascade' }),
    /** `floor(step / SPAN)` of its steps. */
    place: integer('place').notNull(),
    /** The first of its steps that measured something, and when that was. */
    step: integer('step').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    low: jsonb('low').$type<Record<string, number>>().notNull(),
    high: jsonb('high').$type<Record<string, number>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.place] })],
);

/** A prompt of a step with all responses to it. */
export const rollout = pgTable(
  'rollout',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => job.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    /** The group's place within its step. */
    ordinal: integer('ordinal').notNull(),
    data: jsonb('data').$type<RolloutGroup>().notNull(),
    /** Rewards, for filters and order. */
    highest: doublePrecision('highest').notNull(),
    lowest: doublePrecision('lowest').notNull(),
    mean: doublePrecision('mean').notNull(),
    /** Tokens of the longest response. */
    longest: integer('longest').notNull(),
    truncated: integer('truncated').notNull(),
    /** Responses of which a term of the reward failed. */
    failed: integer('failed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.step, table.ordinal] })],
);

export const rolloutImage = pgTable(
  'rollout_image',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => job.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blob.sha256),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.step, table.sha256] }),
    index('rollout_image_blob').on(table.sha256),
  ],
);

/** What a job made: its checkpoints to go on from, an exported model, predictions. */
export const jobFile = pgTable(
  'job_file',
  {
    jobId: text('job_id')
      .notNull()
      .references(() => job.id, { onDelete: 'cascade' }),
    purpose: text('purpose', { enum: ['checkpoint', 'export', 'predictions'] }).notNull(),
    /** Of a checkpoint; 0 of all else. */
    step: integer('step').notNull(),
    path: text('path').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blob.sha256),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.purpose, table.step, table.path] }),
    index('job_file_blob').on(table.sha256),
  ],
);

/** What followers of a key are told, in order. */
export const event = pgTable(
  'event',
  {
    key: text('key').notNull(),
    seq: integer('seq').notNull(),
    data: jsonb('data').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.key, table.seq] })],
);

/** Counts of rate-limiter-flexible, in its own form. */
export const rateLimitCount = pgTable('rate_limit', {
  key: varchar('key', { length: 255 }).primaryKey(),
  points: integer('points').notNull().default(0),
  /** Milliseconds since 1970. */
  expire: bigint('expire', { mode: 'number' }),
});

/** How a judge was asked for a score, and how often. */
export interface JudgeRecord {
  model: string;
  temperature: number;
  calls: number;
  /** Replies that were kept from before. */
  cached: number;
  /** Questions that got no reply, however often they were asked. */
  failed: number;
  inputTokens: number;
  outputTokens: number;
}

export const score = pgTable(
  'score',
  {
    runId: text('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    scorer: text('scorer').notNull(),
    correct: integer('correct'),
    /** Of those that are not correct, how many only a judge model could decide. */
    needsJudge: integer('needs_judge').notNull().default(0),
    total: integer('total'),
    /** Percent. */
    headline: doublePrecision('headline').notNull(),
    interval: jsonb('interval').$type<Interval>(),
    breakdown: jsonb('breakdown').$type<readonly BreakdownGroup[]>().notNull(),
    secondary: jsonb('secondary').$type<Record<string, number>>().notNull(),
    judge: jsonb('judge').$type<JudgeRecord>(),
    /** A bit a sample, in the data's order, as `packVerdicts` of lib/stats makes them: what ranks are computed from. Null for a reported figure. */
    verdictBits: bytea('verdict_bits'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.scorer] })],
);

/** What a judge model replied, by the hash of all that it was asked with: the same question is asked once. */
export const judgeAnswer = pgTable('judge_answer', {
  /** sha256 of the address, model, temperature, limit and question. */
  hash: text('hash').primaryKey(),
  model: text('model').notNull(),
  temperature: doublePrecision('temperature').notNull(),
  reply: text('reply').notNull(),
  inputTokens: integer('input_tokens'),
  outputTokens: integer('output_tokens'),
  createdAt: createdAt(),
});

export const prediction = pgTable(
  'prediction',
  {
    runId: text('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    sampleId: text('sample_id').notNull(),
    output: text('output').notNull(),
    /** What a judge upstream found that the output answers, where the file keeps it. */
    extraction: text('extraction'),
    tokens: integer('tokens'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.sampleId] })],
);

export const verdict = pgTable(
  'verdict',
  {
    runId: text('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    scorer: text('scorer').notNull(),
    sampleId: text('sample_id').notNull(),
    /** The sample's place in its split, so that a run's list is read by range. */
    ordinal: integer('ordinal').notNull(),
    outcome: text('outcome').$type<Outcome>().notNull(),
    answer: text('answer'),
    reason: text('reason').notNull(),
    spanStart: integer('span_start'),
    spanEnd: integer('span_end'),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.scorer, table.sampleId] }),
    index('verdict_order').on(table.runId, table.scorer, table.ordinal),
    index('verdict_outcome').on(table.runId, table.scorer, table.outcome, table.ordinal),
  ],
);

/** A snapshot of a conversation, for whoever has its link. */
export const share = pgTable('share', {
  id: text('id').primaryKey(),
  /** sha256 of the secret that revokes it. */
  secretHash: text('secret_hash').notNull(),
  /** Its pictures' `url` is empty: they are rows of their own. */
  conversation: jsonb('conversation').$type<Conversation>().notNull(),
  /** With its pictures. */
  bytes: integer('bytes').notNull(),
  createdAt: createdAt(),
});

export const sharedPicture = pgTable(
  'shared_picture',
  {
    shareId: text('share_id')
      .notNull()
      .references(() => share.id, { onDelete: 'cascade' }),
    pictureId: text('picture_id').notNull(),
    mediaType: text('media_type', { enum: ['image/png', 'image/jpeg'] }).notNull(),
    bytes: bytea('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.shareId, table.pictureId] })],
);
