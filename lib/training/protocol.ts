import { z } from 'zod';

/**
 * What an agent and the server say to each other, over HTTP and JSON under `/api/agent`. The agent dials out, so it may stand
 * behind any wall. `trainer/ocean_r1/agent/protocol.schema.json` is made of this file (`npx vitest run lib/training -u`); both sides are held to it.
 */

/** Grows when an older agent can no longer be understood. */
export const PROTOCOL = 1;

export const PROTOCOL_LIMITS = {
  /** Of one request that tells events. */
  events: 1_000,
  requestBytes: 8_000_000,
  /** UTF-16 units of a line of a log, and of a response; the agent cuts what is longer, and says so. */
  lineLength: 16_000,
  outputLength: 200_000,
} as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
/** Of a file within its folder: no part of it leaves the folder. */
const path = z
  .string()
  .max(300)
  .regex(/^(?!\.{1,2}(\/|$))[\w.@+-]+(\/(?!\.{1,2}(\/|$))[\w.@+-]+)*$/, 'a path within its folder');

export const storedFile = z.object({ path, sha256, bytes: z.number().int().min(0) });
export type StoredFile = z.infer<typeof storedFile>;

/* ---------------------------------------------------------------- what an agent is */

export const machine = z.object({
  host: z.string().max(200),
  system: z.string().max(200),
  cores: count,
  /** Bytes. */
  memory: count,
  diskFree: count,
  cards: z.array(z.object({ name: z.string().max(200), memory: count })).max(64),
  versions: z.record(z.string().max(60), z.string().max(200)),
  /** Of the box, in whatever its owner counts in; absent where nobody said. */
  pricePerHour: z.number().min(0).optional(),
});
export type Machine = z.infer<typeof machine>;

/* ---------------------------------------------------------------- what is to be done */

/** Rows that the agent has Ocean World write before it begins, under `rows/<name>` of the job's folder. */
export const worldRows = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,60}$/),
  split: z.enum(['train', 'val']),
  count: z.number().int().min(1).max(10_000_000),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  /** Pixels of the pictures' longer side. */
  size: z.number().int().min(32).max(2_048),
  /** Null for all tasks. */
  tasks: z.array(z.string().max(60)).min(1).max(40).nullable(),
  /** Whether the further kinds of the tasks are among them, which training has and the benchmark has not. */
  further: z.boolean(),
});
export type WorldRows = z.infer<typeof worldRows>;

/** The weights that a job begins with. */
export const startingPoint = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checkpoint'), id: z.string().max(200) }),
  /** What another job made last: a checkpoint, or for an evaluation its export. */
  z.object({ kind: z.literal('job'), id: z.string().max(200) }),
  /** A folder on the box. */
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(1_000) }),
]);
export type StartingPoint = z.infer<typeof startingPoint>;

const recipe = z.object({
  /** As it was written, comments and all. */
  toml: z.string().min(1).max(100_000),
  /** Keys that replace the recipe's, by their dotted names: `optimizer.lr`. */
  overrides: z.record(
    z.string().max(100),
    z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]),
  ),
});

export const jobSpec = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sft'),
    recipe,
    start: startingPoint,
    rows: z.array(worldRows).max(20),
  }),
  z.object({
    kind: z.literal('train'),
    recipe,
    start: startingPoint,
    rows: z.array(worldRows).max(20),
  }),
  z.object({
    kind: z.literal('export'),
    start: startingPoint,
    /** Rows on which the exported model is proved equal to the trained one. */
    rows: z.array(worldRows).length(1),
  }),
  z.object({
    kind: z.literal('eval'),
    start: startingPoint,
    benchmark: z.string().max(60),
    split: z.string().max(60),
    maxNewTokens: z.number().int().min(1).max(100_000),
    /** Whether what passes is published at once. */
    publish: z.boolean(),
  }),
]);
export type JobSpec = z.infer<typeof jobSpec>;
export type JobKind = JobSpec['kind'];

/* ---------------------------------------------------------------- leases */

export const leaseRequest = z.object({
  protocol: z.number().int(),
  machine,
  /** What this agent was at when it was ended: the job, and its lease, which it gives back. */
  held: z.object({ job: z.string(), lease: z.string() }).nullish(),
});
export type LeaseRequest = z.infer<typeof leaseRequest>;

/** Where a file of a folder is fetched from; the agent's token opens it. */
const remoteFile = storedFile.extend({ url: z.string() });
export type RemoteFile = z.infer<typeof remoteFile>;

const folder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('files'), files: z.array(remoteFile) }),
  z.object({ kind: z.literal('path'), path: z.string() }),
]);

/** Null where nothing waits: ask again at once, the server has waited for you. */
export const leaseReply = z.object({
  job: z
    .object({
      id: z.string(),
      name: z.string(),
      spec: jobSpec,
      attempt: z.number().int().min(1),
      /** By which this attempt writes; it goes in the header `x-lease`. */
      lease: z.string(),
      start: folder,
      /** The last checkpoint that an earlier attempt sent; its weights and all that the next step depends on. */
      resume: z.object({ step: count, files: z.array(remoteFile) }).nullable(),
    })
    .nullable(),
  /** What the server wants of the agent, in seconds. */
  beatEvery: z.number(),
  leaseFor: z.number(),
});
export type LeaseReply = z.infer<typeof leaseReply>;

export const beatReply = z.object({ cancel: z.boolean(), nextSeq: count });
export type BeatReply = z.infer<typeof beatReply>;

/* ---------------------------------------------------------------- events */

/** JSON has no words for them. */
export const metricValue = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
export type MetricValue = z.infer<typeof metricValue>;

const output = z.string().max(PROTOCOL_LIMITS.outputLength);

export const rolloutGroup = z.object({
  /** The row's file, and its number or line there. */
  row: z.string().max(1_000),
  dataSource: z.string().max(200),
  prompt: z.array(z.object({ role: z.string().max(60), content: output })).max(100),
  /** Pictures in the order of `<image>` in the prompt, by their sha256. */
  images: z.array(sha256).max(100),
  groundTruth: output,
  responses: z
    .array(
      z.object({
        output,
        /** Whether `output` was cut to be told. */
        cut: z.boolean(),
        tokens: count,
        /** False where the limit of tokens cut it. */
        finished: z.boolean(),
        /** With the penalty for length. */
        reward: metricValue,
        terms: z.record(z.string().max(100), metricValue),
        /** Why terms are 0 that ran out of time or failed. */
        failed: z.record(z.string().max(100), z.string().max(2_000)),
        advantage: metricValue,
        /** Of each token, where the recipe asks for it: its text, log-probability and entropy. */
        trace: z
          .array(z.object({ text: z.string().max(200), logp: metricValue, entropy: metricValue }))
          .max(20_000)
          .nullable(),
      }),
    )
    .min(1)
    .max(1_024),
});
export type RolloutGroup = z.infer<typeof rolloutGroup>;

export const loggedEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('log'),
    lines: z.array(z.string().max(PROTOCOL_LIMITS.lineLength)).min(1).max(1_000),
  }),
  z.object({
    type: z.literal('notice'),
    level: z.enum(['info', 'warning', 'error']),
    text: z.string().max(4_000),
  }),
  /** How the machine is: percent of its cores, bytes, and of each card percent and bytes. */
  z.object({
    type: z.literal('machine'),
    cpu: z.number().nullable(),
    memory: count.nullable(),
    cards: z.array(z.object({ use: z.number(), memory: count })).max(64),
  }),
]);
export type LoggedEvent = z.infer<typeof loggedEvent>;

export const agentEvent = z.discriminatedUnion('type', [
  ...loggedEvent.options,
  /** Training begins, or goes on behind this step: what was told of later ones did not happen. */
  z.object({ type: z.literal('begin'), step: count, steps: count.nullable() }),
  z.object({ type: z.literal('metrics'), step: count, values: z.record(z.string().max(200), metricValue) }),
  /** Some of a step's groups, from the place `first` on. */
  z.object({
    type: z.literal('rollouts'),
    step: count,
    first: count,
    groups: z.array(rolloutGroup).min(1).max(1_024),
  }),
  /** Files that were sent, all of a folder: they are there from this event on. */
  z.object({
    type: z.literal('files'),
    purpose: z.enum(['checkpoint', 'export', 'predictions']),
    /** Of a checkpoint; 0 of all else. */
    step: count,
    files: z.array(storedFile).min(1).max(1_000),
  }),
]);
export type AgentEvent = z.infer<typeof agentEvent>;

export const toldEvent = z.object({
  /** From 0, without gaps, within an attempt. */
  seq: count,
  /** By the clock of the box. */
  at: z.iso.datetime(),
  event: agentEvent,
});
export type ToldEvent = z.infer<typeof toldEvent>;

export const eventsRequest = z.object({
  events: z.array(toldEvent).min(1).max(PROTOCOL_LIMITS.events),
});
export type EventsRequest = z.infer<typeof eventsRequest>;
export const eventsReply = z.object({ nextSeq: count });

export const finishRequest = z.object({
  /** How many events the attempt told: all of them have to be here. */
  events: count,
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('succeeded') }),
    /** Stopped as it was asked to. */
    z.object({ kind: z.literal('cancelled') }),
    /** What the job itself asks for cannot be done; it is not tried again. */
    z.object({ kind: z.literal('failed'), error: z.string().min(1).max(4_000) }),
    /** The box, not the job: it is tried again, from the last checkpoint. */
    z.object({ kind: z.literal('lost'), error: z.string().min(1).max(4_000) }),
  ]),
});
export type FinishRequest = z.infer<typeof finishRequest>;

/** Any refusal. `expected` is the next event that the server has not got. */
export const refusal = z.object({ error: z.string(), kind: z.string(), expected: count.nullable() });
export type Refusal = z.infer<typeof refusal>;

/** By the names that the schema file has. */
export const PROTOCOL_SCHEMAS = {
  lease_request: leaseRequest,
  lease_reply: leaseReply,
  beat_reply: beatReply,
  events_request: eventsRequest,
  events_reply: eventsReply,
  finish_request: finishRequest,
  refusal,
} as const;
