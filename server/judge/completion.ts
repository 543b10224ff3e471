import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { boundedText } from '../bounded-text';

/** One question to an OpenAI-compatible API, and its reply. */

/** Where a judge model answers. */
export interface JudgeModel {
  /** The address before `/chat/completions`. */
  url: string;
  model: string;
  key: string | null;
}

export interface Completion {
  text: string;
  /** As the API counts them; null where it does not say. */
  inputTokens: number | null;
  outputTokens: number | null;
}

/** The API refuses for a reason that asking again will not change: the whole judging ends. */
export class JudgeRefused extends Error {
  override readonly name = 'JudgeRefused';
}
/** This question got no usable answer, however often it was asked. */
export class JudgeFailed extends Error {
  override readonly name = 'JudgeFailed';
}

export const TEMPERATURE = 0;
export interface CompletionLimits {
  /** The most that one attempt may take, in ms. */
  attemptMs: number;
  attempts: number;
  /** The pause before the second attempt, in ms; it doubles with each. */
  pauseMs: number;
}
export const COMPLETION_LIMITS: CompletionLimits = { attemptMs: 60_000, attempts: 4, pauseMs: 1_000 };
/** The longest that a `Retry-After` is waited for, in seconds. */
const MAX_RETRY_AFTER_S = 60;
/** A reply of a few words takes a few hundred bytes. */
const MAX_BODY_BYTES = 200_000;

const body = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z
    .object({ prompt_tokens: z.number().int().min(0), completion_tokens: z.number().int().min(0) })
    .nullish(),
});

/**
 * Asks once; again after a pause where the connection, the server or its answer fails.
 * @throws JudgeRefused, JudgeFailed, or the signal's reason.
 */
export async function complete(
  judge: JudgeModel,
  question: string,
  maxTokens: number,
  signal: AbortSignal,
  limits: CompletionLimits = COMPLETION_LIMITS,
): Promise<Completion> {
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptOnce(judge, question, maxTokens, signal, limits.attemptMs);
    signal.throwIfAborted();
    if (answer.how === 'done') return answer.completion;
    if (attempt >= limits.attempts)
      throw new JudgeFailed(`the judge gave no usable answer in ${attempt} attempts: ${answer.why}`);
    const pause = Math.max(limits.pauseMs * 2 ** (attempt - 1), answer.afterMs);
    await sleep(pause, undefined, { signal });
  }
}

type Attempt = { how: 'done'; completion: Completion } | { how: 'failed'; why: string; afterMs: number };

const failed = (why: string, afterMs = 0): Attempt => ({ how: 'failed', why, afterMs });

/** @throws JudgeRefused */
async function attemptOnce(
  { url, model, key }: JudgeModel,
  question: string,
  maxTokens: number,
  signal: AbortSignal,
  attemptMs: number,
): Promise<Attempt> {
  // Held by its timer: a signal of AbortSignal.any() over AbortSignal.timeout() may be collected before it fires
  // (nodejs/node#57736), and an attempt would never end.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), attemptMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: question }],
        temperature: TEMPERATURE,
        max_tokens: maxTokens,
        n: 1,
      }),
      // The key goes to the address that was set, and nowhere that it points to.
      redirect: 'error',
      signal: AbortSignal.any([signal, late.signal]),
    });
    const whole = await boundedText(response.body, MAX_BODY_BYTES);
    if (whole === null) return failed('its answer is far too long');
    text = whole;
  } catch (error) {
    if (signal.aborted) return failed('cancelled');
    if (late.signal.aborted) return failed(`no answer within ${attemptMs / 1000} s`);
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) {
    const after = Number(response.headers.get('retry-after') ?? 0);
    return failed(
      `status ${status}`,
      Number.isFinite(after) ? 1000 * Math.min(MAX_RETRY_AFTER_S, Math.max(0, after)) : 0,
    );
  }
  if (!response.ok)
    throw new JudgeRefused(
      `The judge at ${url} refuses with status ${status}: check OCEAN_JUDGE_URL, OCEAN_JUDGE_MODEL and OCEAN_JUDGE_KEY.`,
    );
  const parsed = body.safeParse(jsonOf(text));
  const content = parsed.data?.choices[0]?.message.content;
  if (content === undefined) return failed('its answer is not a chat completion');
  const { usage } = parsed.data ?? {};
  return {
    how: 'done',
    completion: {
      text: content,
      inputTokens: usage?.prompt_tokens ?? null,
      outputTokens: usage?.completion_tokens ?? null,
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
