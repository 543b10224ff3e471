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
  client.share.create.mutate({ conversation });

/** @throws Error with a sentence. */
export async function revokeLink(share: NewShare): Promise<void> {
  try {
    await client.share.revoke.mutate(share);
  } catch (reason) {
    // Whoever runs the server may have revoked it before.
    if (!(reason instanceof TRPCClientError && reason.data?.code === 'NOT_FOUND')) throw reason;
  }
}
