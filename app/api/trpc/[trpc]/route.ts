import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { MAX_SHARE_BYTES, MAX_SHARE_VALUES } from '@/lib/chat/share';
import { boundedText } from '@/server/bounded-text';
import { hasMoreValues } from '@/server/json-values';
import { createContext, logFailure } from '@/server/trpc/init';
import { appRouter } from '@/server/trpc/router';

/** Of every call but the one that shares a conversation. */
const MAX_CALL_BYTES = 1_000_000;

/** tRPC reads a body whole and makes all of it before a procedure looks at it: what is too much is not begun. */
async function bounded(request: Request): Promise<Request | Response> {
  if (request.method !== 'POST') return request;
  const shares =
    new URL(request.url).pathname.split('/').at(-1)?.split(',').includes('share.create') === true;
  const most = shares ? MAX_SHARE_BYTES : MAX_CALL_BYTES;
  const bytes = request.headers.get('content-length');
  if (bytes === null || Number(bytes) > most)
    return new Response(`Send at most ${most / 1e6} MB, with their Content-Length.`, { status: 413 });
  const text = await boundedText(request.body, most);
  if (text === null || hasMoreValues(text, MAX_SHARE_VALUES))
    return new Response(`Send at most ${MAX_SHARE_VALUES.toLocaleString('en')} values.`, { status: 413 });
  return new Request(request.url, {
    method: 'POST',
    headers: request.headers,
    body: text,
    signal: request.signal,
  });
}

async function handler(given: Request): Promise<Response> {
  const request = await bounded(given);
  if (request instanceof Response) return request;
  const context = createContext(request.headers);
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: () => context,
    onError: ({ error, path }) => logFailure(error, context.requestId, path),
    // What our own client sends at most.
    maxBatchSize: 10,
  });
}

export { handler as GET, handler as POST };
