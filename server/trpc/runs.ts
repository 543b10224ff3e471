import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { MAX_RUNS } from '@/lib/compare/compare-runs';
import { isPhrase } from '@/lib/reasoning/reflection';
import { OUTCOMES } from '@/lib/scoring/scorer';
import {
  cancelScoring,
  changedRows,
  changePosition,
  compareChoices,
  comparedBehaviour,
  comparedContaining,
  comparedRows,
  compareScorers,
  comparison,
  judgeEstimate,
  outputLengths,
  reflection,
  rescoreRun,
  runOutcomes,
  runPage,
  sampleDetail,
  sampleGroups,
  samplePosition,
  sampleRows,
  sampleVerdict,
  scorableSamples,
} from '../evals';
import { publicProcedure, router, writerProcedure } from './init';

const filter = z.object({
  outcome: z.enum(OUTCOMES).optional(),
  tag: z.object({ tag: z.string(), value: z.string() }).optional(),
  text: z.string().max(200).optional(),
});

const phrase = z.string().refine(isPhrase, "Letters, digits, blanks and - ' * … as the list says");

const pair = z.object({ id: z.string(), from: z.string(), to: z.string() });
/** A place in a list; more than Postgres counts is none. */
const place = z.int32();
const range = z.object({ offset: place.min(0), limit: z.number().int().min(1).max(200) });
const changeFilter = z.object({
  change: z
    .union([z.literal('answer'), z.object({ from: z.enum(OUTCOMES), to: z.enum(OUTCOMES) })])
    .optional(),
  tag: filter.shape.tag,
});
const ids = z.array(z.string()).min(1).max(MAX_RUNS);
const runAndScorer = z.object({ runId: z.string(), scorer: z.string() });

export const runsRouter = router({
  get: publicProcedure.input(z.object({ id: z.string() })).query(async ({ ctx, input }) => {
    const page = await runPage(input.id, ctx.principal);
    if (page === null) throw new TRPCError({ code: 'NOT_FOUND', message: `There is no run "${input.id}".` });
    return page;
  }),

  /** A range of the run's samples in the data's order, and how many the filter leaves. */
  samples: publicProcedure
    .input(z.object({ id: z.string(), filter, ...range.shape }))
    .query(({ ctx, input }) => sampleRows(input.id, ctx, input.filter, input.offset, input.limit)),

  /** Where a sample stands in that list (from 0), so that a permalink opens the list at it; null where it is not in it. */
  position: publicProcedure
    .input(z.object({ id: z.string(), filter, sampleId: z.string() }))
    .query(({ ctx, input }) => samplePosition(input.id, ctx, input.filter, input.sampleId)),

  /** By the scorer of the headline, or another that the run was scored by. */
  sample: publicProcedure
    .input(z.object({ id: z.string(), sampleId: z.string(), scorer: z.string().optional() }))
    .query(async ({ ctx, input }) => {
      const detail = await sampleDetail(input.id, ctx.principal, input.sampleId, input.scorer);
      if (detail === null)
        throw new TRPCError({ code: 'NOT_FOUND', message: `The run has no sample "${input.sampleId}".` });
      return detail;
    }),

  /** What one more scorer says of a sample. */
  verdict: publicProcedure
    .input(z.object({ id: z.string(), sampleId: z.string(), scorer: z.string() }))
    .query(async ({ ctx, input }) => {
      const found = await sampleVerdict(input.id, ctx.principal, input.sampleId, input.scorer);
      if (found === null)
        throw new TRPCError({
          code: 'NOT_FOUND',
          message: `The run has no verdict of ${input.scorer} on sample "${input.sampleId}".`,
        });
      return found;
    }),

  /** Two scorers over the same outputs: how many verdicts differ, which way, and what that makes of the figure. */
  comparison: publicProcedure.input(pair).query(({ ctx, input }) => compareScorers(input, ctx.principal)),
  changes: publicProcedure
    .input(z.object({ ...pair.shape, filter: changeFilter, ...range.shape }))
    .query(({ ctx, input }) => changedRows(input, ctx.principal, input.filter, input.offset, input.limit)),
  changePosition: publicProcedure
    .input(z.object({ ...pair.shape, filter: changeFilter, sampleId: z.string() }))
    .query(({ ctx, input }) => changePosition(input, ctx.principal, input.filter, input.sampleId)),

  /** A run with its outcomes by the scorer of its headline, without outputs, to be compared with others. */
  outcomes: publicProcedure.input(z.object({ id: z.string() })).query(async ({ ctx, input }) => {
    const found = await runOutcomes(input.id, ctx.principal);
    if (found === null) throw new TRPCError({ code: 'NOT_FOUND', message: `There is no run "${input.id}".` });
    return found;
  }),
  /** Pictures and tags of the samples that its outcomes are of; the same for all runs over the same data. */
  sampleGroups: publicProcedure.input(z.object({ id: z.string() })).query(async ({ ctx, input }) => {
    const found = await sampleGroups(input.id, ctx.principal);
    if (found === null)
      throw new TRPCError({ code: 'NOT_FOUND', message: `There is no scored run "${input.id}".` });
    return found;
  }),

  /** Runs, checkpoints or a model's stages against one of them; null where nothing is chosen. */
  compare: publicProcedure
    .input(
      z.object({
        runs: z.array(z.string()),
        checkpoints: z.array(z.string()),
        model: z.string().nullable(),
        baseline: z.string().nullable(),
      }),
    )
    .query(({ ctx, input }) => comparison(input, ctx.principal)),
  /** Several runs over the same samples: some of those samples, where a text stands in them, and how the runs answer. */
  compared: publicProcedure
    .input(z.object({ ids, places: z.array(place.min(0)).max(200) }))
    .query(({ ctx, input }) => comparedRows(input.ids, ctx.principal, input.places)),
  comparedContaining: publicProcedure
    .input(z.object({ ids, text: z.string().min(1).max(200) }))
    .query(({ ctx, input }) => comparedContaining(input.ids, ctx, input.text)),
  behaviour: publicProcedure
    .input(z.object({ ids, baseline: place.min(0) }))
    .query(({ ctx, input }) => comparedBehaviour(input.ids, ctx.principal, input.baseline, ctx.address)),

  /** How long the outputs of such runs are, by the values of a tag. */
  lengths: publicProcedure
    .input(z.object({ ids, tag: z.string().max(100) }))
    .query(({ ctx, input }) => outputLengths(input.ids, input.tag, ctx)),
  /** How many of them reflect, by phrases that the asker may choose. */
  reflection: publicProcedure
    .input(z.object({ ids, phrases: z.record(z.string().max(40), z.array(phrase).max(60)) }))
    .query(({ ctx, input }) => reflection(input.ids, input.phrases, ctx)),

  /** What can be chosen to be compared. */
  compareChoices: publicProcedure.query(() => compareChoices()),

  /** Samples with their outputs, page after page, for a scorer that runs in the browser. */
  scorable: publicProcedure
    .input(z.object({ id: z.string(), scorer: z.string(), after: place.min(-1) }))
    .query(({ ctx, input }) => scorableSamples(input.id, ctx.principal, input.scorer, input.after)),

  /** Scores a scored run by one more scorer; its progress is followed as that of a submission. */
  rescore: writerProcedure.input(runAndScorer).mutation(({ input }) => rescoreRun(input.runId, input.scorer)),
  /** What it would take to ask the judge about what this scorer leaves undecided; `rescore` by its judged id asks. */
  judgeEstimate: writerProcedure
    .input(runAndScorer)
    .query(({ ctx, input }) => judgeEstimate(input.runId, input.scorer, ctx.principal)),
  cancelRescoring: writerProcedure
    .input(runAndScorer)
    .mutation(({ input }) => cancelScoring(input.runId, input.scorer)),
});
