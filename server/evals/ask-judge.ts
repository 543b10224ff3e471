import { and, eq } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { nextQuestion, REPLY_TOKENS, readJudgedId } from '@/lib/scoring/judge';
import type { Scorer } from '@/lib/scoring/scorer';
import type { Principal } from '../auth';
import { getDb, rescoring, run } from '../db';
import { env } from '../env';
import { answered, hashOf, type JudgeModel, JudgeRefused, judging, TEMPERATURE } from '../judge';
import { log } from '../log';
import { Problem } from '../problem';
import { scorableSamples } from './compare';
import { keyOf, type Scoring, state } from './state';
import type { JudgeEstimate, ScorableSample } from './types';

const SERVER: Principal = { role: 'server' };
/** A question that compares two answers, in tokens: its texts are short. */
const COMPARING_TOKENS = 250;
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

/**
 * Asks the judge about every undecided sample of a run, then hands on what it said. What it has said is kept, so that
 * whatever breaks off goes on where it was. Never throws; a failure is written where the page shows it.
 */
export function askJudge(
  runId: string,
  id: string,
  onDone: (judged: NonNullable<Scoring['judged']>) => void,
): Promise<void> {
  const shared = state();
  const key = keyOf({ runId, scorer: id });
  const stop = new AbortController();
  const entry = { asked: 0, total: 0, stop, ended: Promise.resolve() };
  shared.judging.set(key, entry);
  entry.ended = (async () => {
    try {
      const judged = await repliesOf(runId, id, stop.signal, entry, () =>
        shared.events.emit(key, {
          type: 'progress',
          state: 'scoring',
          scored: entry.asked,
          total: entry.total,
        }),
      );
      shared.judging.delete(key);
      onDone(judged);
    } catch (error) {
      shared.judging.delete(key);
      if (stop.signal.aborted) return;
      const known = error instanceof JudgeRefused || error instanceof Problem;
      if (!known) log.error({ runId, scorer: id, err: error }, 'asking the judge failed');
      const sentence = known
        ? error.message
        : `Something failed here while the judge was asked; the log has it under run ${runId}.`;
      const db = await getDb();
      await db
        .update(rescoring)
        .set({ state: 'failed', error: sentence })
        .where(and(eq(rescoring.runId, runId), eq(rescoring.scorer, id)));
      shared.events.emit(key, { type: 'done', state: 'failed', error: sentence });
    }
  })();
  return entry.ended;
}

async function repliesOf(
  runId: string,
  id: string,
  signal: AbortSignal,
  progress: { asked: number; total: number },
  onProgress: () => void,
): Promise<NonNullable<Scoring['judged']>> {
  const judge = judgeModel();
  const judged = readJudgedId(id);
  if (judge === null || judge.model !== judged?.model)
    throw new Problem('refused', `This server has no judge "${judged?.model}" any more.`);
  const scorer = await scorerOf(runId, judged.scorer);
  for await (const page of undecided(runId, scorer.id, SERVER)) progress.total += page.length;
  onProgress();
  const asking = judging(judge, env().OCEAN_JUDGE_PER_MINUTE, signal);
  const replies = new Map<string, readonly string[]>();
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
      progress.asked += 1;
      onProgress();
    });
  return { replies, record: { model: judge.model, temperature: TEMPERATURE, ...asking.counts() } };
}
