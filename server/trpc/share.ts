import { z } from 'zod';
import { conversationToShare, shareId, shareSecret } from '@/lib/chat/share';
import { createShare, getShare, getSharedPicture, revokeShare } from '../chat';
import { openProcedure, publicProcedure, router } from './init';

export const shareRouter = router({
  create: openProcedure
    .input(z.object({ conversation: conversationToShare }))
    .mutation(({ ctx, input }) => createShare(input.conversation, ctx)),
  get: publicProcedure.input(z.object({ id: shareId })).query(({ input }) => getShare(input.id)),
  /** Null where it is not shared (any more). */
  picture: publicProcedure
    .input(z.object({ id: shareId, pictureId: z.string().max(64) }))
    .query(({ input }) => getSharedPicture(input.id, input.pictureId)),
  /** The writer needs no secret. */
  revoke: openProcedure
    .input(z.object({ id: shareId, secret: shareSecret.nullable() }))
    .mutation(({ ctx, input }) => revokeShare(input.id, input.secret, ctx.principal)),
});
