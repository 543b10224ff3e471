import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  createUIMessageStream,
  type ModelMessage,
  streamText,
  type UIMessage,
  type UIMessageChunk,
} from 'ai';
import type { ChatRequest, ReplyFigures } from '@/lib/chat/chat-request';
import { smartResize } from '@/lib/vlm/resize';
import type { Principal } from '../auth';
import type { ServedModel } from '../env';
import { log } from '../log';
import { modelFor } from './models';
import { type Picture, rewritten, type Size } from './pictures';
import { failureSentence, fetchWithin, UPSTREAM_LIMITS, type UpstreamLimits } from './upstream';

export type ReplyMessage = UIMessage<never, { figures: ReplyFigures }>;

/** Who asks, and until when. */
export interface Asker {
  principal: Principal;
  address: string;
  requestId: string;
  signal: AbortSignal;
}

/**
 * A model's reply to a conversation: a text, then the figures; or an error with a sentence, after what came of the text.
 * @throws Problem where the model is not asked at all.
 */
export async function reply(
  { endpoint, messages, sampling }: ChatRequest,
  { requestId, signal, ...asker }: Asker,
  limits: UpstreamLimits = UPSTREAM_LIMITS,
): Promise<ReadableStream<UIMessageChunk>> {
  const model = await modelFor(endpoint, asker);
  const prompt = await promptOf(messages, model);
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const fields = { requestId, endpoint };
  const { stream } = streamText({
    model: createOpenAICompatible({
      name: 'endpoint',
      baseURL: model.url,
      ...(model.key !== null && { apiKey: model.key }),
      includeUsage: true,
      fetch: fetchWithin(limits),
    })(model.model),
    messages: prompt,
    allowSystemInMessages: true,
    temperature: sampling.temperature,
    topP: sampling.topP,
    seed: sampling.seed,
    maxOutputTokens: sampling.maxNewTokens,
    // The visitor decides whether to try again.
    maxRetries: 0,
    abortSignal: signal,
    // The default prints it; it is told below.
    onError: () => {},
  });
  let firstTokenMs: number | null = null;
  return createUIMessageStream<ReplyMessage>({
    async execute({ writer }) {
      const write = (delta: string) => {
        firstTokenMs ??= elapsed();
        writer.write({ type: 'text-delta', id: 'reply', delta });
      };
      writer.write({ type: 'start' });
      writer.write({ type: 'text-start', id: 'reply' });
      for await (const part of stream) {
        if (part.type === 'text-delta') write(part.text);
        else if (part.type === 'reasoning-start') write('<think>');
        else if (part.type === 'reasoning-delta') write(part.text);
        else if (part.type === 'reasoning-end') write('</think>\n');
        else if (part.type === 'error') throw part.error;
        else if (part.type === 'finish') {
          const figures: ReplyFigures = {
            why: part.finishReason === 'length' ? 'length' : 'stop',
            promptTokens: part.totalUsage.inputTokens ?? null,
            tokens: part.totalUsage.outputTokens ?? null,
            firstTokenMs,
            totalMs: elapsed(),
          };
          log.info({ ...fields, ...figures }, 'a model replied');
          writer.write({ type: 'text-end', id: 'reply' });
          writer.write({ type: 'data-figures', data: figures });
          writer.write({ type: 'finish' });
        }
      }
    },
    onError(error) {
      log.warn({ ...fields, ms: elapsed(), err: withoutKey(error, model.key) }, 'a model failed');
      return failureSentence(model.label, error, firstTokenMs !== null);
    },
  });
}

/** A Problem for the visitor where a picture is not one; pictures one after another, as each takes memory while it is decoded. */
async function promptOf(
  messages: ChatRequest['messages'],
  { pictures }: ServedModel,
): Promise<ModelMessage[]> {
  const { multiple, minPixels: least, maxPixels: most } = pictures;
  // The size that the model's processor would make of it anyway, so that the page knows in which pixels a box is.
  const seen = ({ width, height }: Size) => smartResize(width, height, multiple, { least, most });
  const made = new Map<string, Picture>();
  const prompt: ModelMessage[] = [];
  for (const { role, parts } of messages) {
    if (role !== 'user') {
      prompt.push({ role, content: parts.map((part) => (part.type === 'text' ? part.text : '')).join('') });
      continue;
    }
    const content: Exclude<Extract<ModelMessage, { role: 'user' }>['content'], string> = [];
    for (const part of parts) {
      if (part.type === 'text') {
        content.push(part);
        continue;
      }
      const picture = made.get(part.url) ?? (await rewritten(part.url, seen));
      made.set(part.url, picture);
      content.push({ type: 'file', data: picture.bytes, mediaType: picture.mediaType });
    }
    prompt.push({ role, content });
  }
  return prompt;
}

/** Some servers repeat a key that they refuse. */
function withoutKey(error: unknown, key: string | null): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
  return (key === null ? text : text.replaceAll(key, '…')).slice(0, 1_000);
}
