import { eq } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { nextQuestion, REPLY_TOKENS, readJudgedId } from '@/lib/scoring/judge';
import type { Scorer } from '@/lib/scoring/scorer';
import type { Principal } from '../auth';
import { getDb, type JudgeRecord, run } from '../db';
import { env } from '../env';
import { answered, hashOf, type JudgeModel, JudgeRefused, judging, TEMPERATURE } from '../judge';
import { Problem } from '../problem';
import { scorableSamples } from './compare';
import { type Lease, requireLease } from './lease';
import { tellProgress } from './progress';
import type { JudgeEstimate, ScorableSample } from './types';

const SERVER: Principal = { role: 'server' };
/** A question that compares two answers, in tokens: its texts are short. */
const COMPARING_TOKENS = 250;
/** How often the progress is told at most, in ms. */
const TELL_EVERY_MS = 250;
/** Characters a token, for an estimate. */
const TOKEN_LENGTH = 4;

/** Null where the environment names no judge. */
function judgeModel(): JudgeModel | null {
  const { OCEAN_JUDGE_URL: url, OCEAN_JUDGE_MODEL: model, OCEAN_JUDGE_KEY: key = null } = env();
  return url === undefined || model === undefined ? null : { url, model, key };
}

/** The scorer of a run by its id. @throws Problem */
async function scorerOf(runId: string, id: string): Promise<Scorer> {
  const db = await getDb();
  const [found] = await db.select({ benchmark: run.benchmark }).from(run).where(eq(run.id, runId));
  const scorer = benchmarkOf(found?.benchmark ?? '')?.scorers.find((each) => each.id === id);
  if (scorer?.judge === undefined)
    throw new Problem('refused', `The run has no scorer "${id}" that a judge could help.`);
  return scorer;
}

type Undecided = ScorableSample & { output: string };

/** The samples of a stored scoring that need a judge, page by page. @throws Problem */
async function* undecided(runId: string, scorer: string, principal: Principal): AsyncGenerator<Undecided[]> {
  for (let after: number | null = -1; after !== null; ) {
    const page = await scorableSamples(runId, principal, scorer, after);
    yield page.samples.flatMap((sample) =>
      sample.verdict.outcome === 'needs-judge' && sample.output !== null
        ? [{ ...sample, output: sample.output }]
        : [],
    );
    after = page.next;
  }
}

/** What asking would take at most, before it is begun. @throws Problem */
export async function judgeEstimate(
  runId: string,
  scorerId: string,
  principal: Principal,
): Promise<JudgeEstimate> {
  const judge = judgeModel();
  if (judge === null) throw new Problem('refused', 'This server has no judge: OCEAN_JUDGE_URL is not set.');
  const scorer = await scorerOf(runId, scorerId);
  const perSample = scorer.judge === 'extracts and compares' ? 2 : 1;
  let samples = 0;
  let calls = 0;
  let inputTokens = 0;
  for await (const page of undecided(runId, scorerId, principal)) {
    const questions = page.map((sample) => nextQuestion(scorer, sample, sample.output, []) ?? '');
    const hashes = questions.map((question) => hashOf(judge, question, REPLY_TOKENS));
    const kept = await answered(hashes);
    samples += page.length;
    for (const [index, question] of questions.entries()) {
      if (kept.has(hashes[index] ?? '')) continue;
      calls += perSample;
      inputTokens += Math.ceil(question.length / TOKEN_LENGTH) + (perSample - 1) * COMPARING_TOKENS;
    }
  }
  const outputTokens = calls * REPLY_TOKENS;
  const price = env().OCEAN_JUDGE_PRICE;
  return {
    model: judge.model,
    samples,
    calls,
    inputTokens,
    outputTokens,
    cost: price === undefined ? null : (inputTokens * price.input + outputTokens * price.output) / 1_000_000,
  };
}

/** What a judge said of each sample that it was asked about, by the sample's id, and how it was asked. */
export interface Judged {
  replies: ReadonlyMap<string, readonly string[]>;
  record: JudgeRecord;
}

/**
 * Asks the judge about every undecided sample of a run. What it has said is kept, so that whatever breaks off goes on
 * where it was. @throws Problem; LeaseLost; the signal's reason.
 */
export async function askJudge(lease: Lease, signal: AbortSignal): Promise<Judged> {
  const { runId } = lease;
  const judge = judgeModel();
  const judged = readJudgedId(lease.scorer);
  if (judge === null || judged === null || judge.model !== judged.model)
    throw new Problem('refused', `This server has no judge "${judged?.model}" any more.`);
  const scorer = await scorerOf(runId, judged.scorer);
  let total = 0;
  for await (const page of undecided(runId, scorer.id, SERVER)) total += page.length;
  const asking = judging(judge, env().OCEAN_JUDGE_PER_MINUTE, signal);
  const replies = new Map<string, readonly string[]>();
  const tell = seldom(() => tellAsked(lease, replies.size, total));
  try {
    for await (const page of undecided(runId, scorer.id, SERVER))
      await asking.each(page, async (sample) => {
        const said: string[] = [];
        for (;;) {
          const question = nextQuestion(scorer, sample, sample.output, said);
          if (question === null) break;
          const reply = await asking.ask(question, REPLY_TOKENS);
          if (reply === null) break;
          said.push(reply);
        }
        replies.set(sample.sampleId, said);
        await tell();
      });
  } catch (error) {
    throw error instanceof JudgeRefused ? new Problem('refused', error.message) : error;
  }
  return { replies, record: { model: judge.model, temperature: TEMPERATURE, ...asking.counts() } };
}

async function tellAsked(lease: Lease, asked: number, total: number): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await requireLease(tx, lease);
    await tellProgress(tx, lease, asked, total);
  });
}

/** A judge of a machine's own answers faster than anybody looks. */
function seldom(work: () => Promise<void>): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - last < TELL_EVERY_MS) return;
    last = performance.now();
    await work();
  };
}
