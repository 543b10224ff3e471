import type { ChatPicture } from '@/lib/chat/conversation';
import { lastQuestion, type ModelMessage } from '@/lib/chat/messages';
import type { EngineFacts, Message, Part, Vlm } from '@/lib/vlm/types';
import type { DecodedPictures } from './pictures';
import type { ReplySource } from './reply-source';

/** Nano's longest solutions in training have 224. */
const MAX_NEW_TOKENS = 384;

/** Replies of the engine in this browser. */
export function browserSource(
  vlm: Vlm,
  decoded: DecodedPictures,
  pictureOf: (id: string) => ChatPicture | undefined,
  onReady: (engine: EngineFacts) => void,
): ReplySource {
  async function messageOf({ role, text, pictureId }: ModelMessage): Promise<Message> {
    const picture = pictureId === null ? undefined : pictureOf(pictureId);
    const content: Part[] =
      picture === undefined ? [] : [{ type: 'image', image: await decoded.of(picture) }];
    return { role, content: [...content, { type: 'text', text }] };
  }

  return async function* reply({ model, messages, sampling, signal }) {
    const modelId = model.id.slice('browser:'.length);
    let engine: EngineFacts | null = null;
    for await (const event of vlm.load(modelId, signal)) {
      if (event.type === 'progress') yield { ...event, type: 'loading' };
      if (event.type === 'ready') {
        ({ engine } = event);
        onReady(engine);
      }
    }
    // Of the same questions a stage 2 answered 79 of 100 right by themselves, 73 behind one other, 45 behind two.
    const prompt = await Promise.all(lastQuestion(messages).map(messageOf));
    let begun = { promptTokens: 0, reusedTokens: 0 };
    const asked = { ...sampling, topP: 1, topK: 0, maxNewTokens: MAX_NEW_TOKENS, stop: [] };
    for await (const event of vlm.reply(modelId, prompt, asked, signal)) {
      if (event.type === 'started') {
        begun = event;
        yield { type: 'reading', frame: event.frames.at(-1) ?? null };
      } else if (event.type === 'text') yield event;
      else {
        const { why, tokens, firstTokenMs, totalMs } = event;
        const { promptTokens, reusedTokens } = begun;
        const figures = {
          promptTokens,
          reusedTokens,
          tokens,
          firstTokenMs,
          totalMs,
          engine: engineWords(engine),
        };
        yield { type: 'ended', end: { why }, figures };
      }
    }
  };
}

/** `WebAssembly, 2 threads`. */
export function engineWords(engine: EngineFacts | null): string {
  if (engine === null) return 'this browser';
  if (engine.provider === 'webgpu') return 'WebGPU';
  if (engine.provider === 'kernels') return 'WebAssembly, our own kernels';
  return `WebAssembly, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`;
}
