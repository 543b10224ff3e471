import { createUIMessageStreamResponse } from 'ai';
import { chatRequest, MAX_REQUEST_BYTES, MAX_REQUEST_VALUES } from '@/lib/chat/chat-request';
import { isSameOrigin, principalOf } from '@/server/auth';
import { boundedText } from '@/server/bounded-text';
import { reply } from '@/server/chat';
import { firstIssue } from '@/server/first-issue';
import { hasMoreValues } from '@/server/json-values';
import { log } from '@/server/log';
import { Problem } from '@/server/problem';
import { addressOf } from '@/server/rate-limit';
import { requestIdOf } from '@/server/request-id';

/** A model's reply as the AI SDK streams it. A refusal is a sentence as plain text, which the SDK's client shows as it is. */
export async function POST(request: Request): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  const refuse = (status: number, sentence: string) => {
    log.info({ requestId, status, sentence }, 'chat refused');
    return new Response(sentence, { status, headers: { 'x-request-id': requestId } });
  };
  if (!isSameOrigin(request.headers))
    return refuse(
      403,
      'A page of another site may not ask here. Where it is one of this server, its host belongs in OCEAN_HOSTS.',
    );
  // Of a body that breaks off nothing is asked, and nobody waits for an answer.
  const text = await boundedText(request.body, MAX_REQUEST_BYTES).catch(() => '');
  if (text === null)
    return refuse(
      413,
      `The conversation is larger than the ${MAX_REQUEST_BYTES / 1e6} MB that are taken: use fewer or smaller pictures.`,
    );
  if (hasMoreValues(text, MAX_REQUEST_VALUES))
    return refuse(413, 'The conversation has more parts than are taken.');
  const asked = chatRequest.safeParse(jsonOf(text));
  if (!asked.success) return refuse(400, `What was sent is not taken: ${firstIssue(asked.error)}.`);
  try {
    const stream = await reply(asked.data, {
      principal: principalOf(request.headers),
      address: addressOf(request.headers),
      requestId,
      signal: request.signal,
    });
    return createUIMessageStreamResponse({
      stream,
      // A comment now and then, so that no proxy takes a model that thinks for a dead one.
      keepAliveMs: 15_000,
      headers: { 'cache-control': 'no-cache, no-transform', 'x-request-id': requestId },
    });
  } catch (error) {
    if (error instanceof Problem) return refuse(error.status, error.message);
    log.error({ requestId, err: error }, 'chat failed');
    return refuse(500, `Something failed here; the log has it under request ${requestId}.`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
