import { DefaultChatTransport, type UIMessage } from 'ai';
import { type ChatRequest, type ReplyFigures, replyFigures } from '@/lib/chat/chat-request';
import type { ChatPicture } from '@/lib/chat/conversation';
import type { Endpoint } from '@/lib/chat/endpoint';
import type { ModelMessage } from '@/lib/chat/messages';
import { smartResize } from '@/lib/vlm/resize';
import type { ReplyRequest, ReplySource } from './reply-source';

const MAX_NEW_TOKENS = 2_048;

type ServerMessage = UIMessage<never, { figures: ReplyFigures }>;

/** Replies of a model behind a server, by the AI SDK's stream through our own door. Loaded where such a model is asked. */
export function serverSource(
  endpoint: Endpoint,
  pictureOf: (id: string) => ChatPicture | undefined,
): ReplySource {
  const { multiple, minPixels: least, maxPixels: most } = endpoint.pictures;

  const messageOf = ({ role, text, pictureId }: ModelMessage, at: number): ServerMessage => {
    const picture = pictureId === null ? undefined : pictureOf(pictureId);
    const mediaType = picture?.url.startsWith('data:image/png') ? 'image/png' : 'image/jpeg';
    return {
      id: String(at),
      role,
      parts: [
        ...(picture === undefined ? [] : [{ type: 'file', mediaType, url: picture.url } as const]),
        { type: 'text', text },
      ],
    };
  };

  const transport = (request: ReplyRequest) =>
    new DefaultChatTransport<ServerMessage>({
      api: '/api/chat',
      prepareSendMessagesRequest: ({ messages }) => ({
        body: {
          endpoint: endpoint.id,
          messages,
          sampling: { ...request.sampling, topP: 1, maxNewTokens: MAX_NEW_TOKENS },
        } satisfies Omit<ChatRequest, 'messages'> & { messages: ServerMessage[] },
      }),
    });

  return async function* reply(request) {
    const { messages, signal } = request;
    const last = messages.findLast(({ pictureId }) => pictureId !== null)?.pictureId ?? null;
    const picture = last === null ? undefined : pictureOf(last);
    const frame =
      picture === undefined ? null : smartResize(picture.width, picture.height, multiple, { least, most });
    yield { type: 'reading', frame };
    const stream = await transport(request).sendMessages({
      trigger: 'submit-message',
      chatId: 'one-reply',
      messageId: undefined,
      messages: messages.map(messageOf),
      abortSignal: signal,
    });
    for await (const chunk of streamed(stream)) {
      if (chunk.type === 'text-delta') yield { type: 'text', text: chunk.delta };
      else if (chunk.type === 'error') throw new Error(chunk.errorText);
      else if (chunk.type === 'data-figures') {
        const { why, ...figures } = replyFigures.parse(chunk.data);
        yield {
          type: 'ended',
          end: { why },
          figures: { ...figures, reusedTokens: null, engine: endpoint.label },
        };
        return;
      }
    }
    throw new Error(`${endpoint.label} broke off in the middle of its reply.`);
  };
}

/** Safari has no iteration of streams yet. */
async function* streamed<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
