import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import type { Conversation } from '@/lib/chat/conversation';
import type { NewShare } from '@/lib/chat/share';
import type { AppRouter } from '@/server/trpc/router';

/** Links to snapshots, made and taken back by the server. Loaded where somebody shares or has shared. */

const client = createTRPCClient<AppRouter>({
  links: [httpLink({ url: '/api/trpc', transformer: superjson })],
});

/** @throws Error with a sentence. */
export const makeLink = (conversation: Conversation): Promise<NewShare> =>
  client.share.create.mutate({ conversation }).catch(inWords);

/** @throws Error with a sentence. */
export async function revokeLink(share: NewShare): Promise<void> {
  try {
    await client.share.revoke.mutate(share);
  } catch (reason) {
    // Whoever runs the server may have revoked it before.
    if (!(reason instanceof TRPCClientError && reason.data?.code === 'NOT_FOUND')) inWords(reason);
  }
}

function inWords(reason: unknown): never {
  // Without an answer of the server there is only the browser's own word for it.
  if (reason instanceof TRPCClientError && reason.data === undefined)
    throw new Error('The server cannot be reached. Nothing was changed; try again with a network.', {
      cause: reason,
    });
  throw reason;
}
