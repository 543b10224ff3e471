import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { MAX_CALL_BYTES } from '@/lib/chat/share';
import { createContext } from '@/server/trpc/init';
import { appRouter } from '@/server/trpc/router';

/** tRPC reads a body whole, so one without a length or with too great a one is not begun. */
function tooLarge({ method, headers }: Request): boolean {
  if (method !== 'POST') return false;
  const bytes = headers.get('content-length');
  return bytes === null || Number(bytes) > MAX_CALL_BYTES;
}

function handler(request: Request): Promise<Response> | Response {
  if (tooLarge(request))
    return new Response(`Send at most ${MAX_CALL_BYTES / 1e6} MB, with their Content-Length.`, {
      status: 413,
    });
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: () => createContext(request.headers),
    // What our own client sends at most.
    maxBatchSize: 10,
  });
}

export { handler as GET, handler as POST };
