import { z } from 'zod';
import { type Conversation, conversationSchema } from './conversation';

/** A snapshot of a conversation that whoever has its link may read, until it is revoked. */

/** Characters of all data URLs together. */
export const MAX_SHARED_PICTURES = 8_000_000;
/** Characters of the rest, as JSON. */
export const MAX_SHARED_TEXT = 1_000_000;
/** Of the request that shares a conversation: its bytes, and the values of its JSON. */
export const MAX_SHARE_BYTES = 12_000_000;
export const MAX_SHARE_VALUES = 200_000;

export const conversationToShare = conversationSchema.superRefine((conversation, context) => {
  const pictures = conversation.pictures.reduce((sum, { url }) => sum + url.length, 0);
  if (pictures > MAX_SHARED_PICTURES)
    context.addIssue({
      code: 'custom',
      path: ['pictures'],
      message: `the pictures are larger than the ${MAX_SHARED_PICTURES / 1e6} MB that a link may hold: branch off a shorter conversation`,
    });
  if (new Set(conversation.pictures.map(({ id }) => id)).size < conversation.pictures.length)
    context.addIssue({ code: 'custom', path: ['pictures'], message: 'two pictures have one id' });
  if (JSON.stringify(conversation).length - pictures > MAX_SHARED_TEXT)
    context.addIssue({
      code: 'custom',
      path: ['turns'],
      message: `the text is longer than the ${MAX_SHARED_TEXT / 1e6} million characters that a link may hold: branch off a shorter conversation`,
    });
});

/** 128 random bits. */
export const shareId = z.string().regex(/^[\w-]{22}$/);
/** Known to whoever made the link, and needed to revoke it. */
export const shareSecret = z.string().regex(/^[\w-]{32}$/);

export interface NewShare {
  id: string;
  secret: string;
}
export interface Shared {
  /** Its pictures' `url` is where they are served, no data URL. */
  conversation: Conversation;
  sharedAt: Date;
}

export const sharePath = (id: string): string => `/chat/s/${id}`;
