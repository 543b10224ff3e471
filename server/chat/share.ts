import { createHash, randomBytes } from 'node:crypto';
import { and, eq, sum } from 'drizzle-orm';
import type { Conversation } from '@/lib/chat/conversation';
import { LIMITS } from '@/lib/chat/limits';
import type { NewShare, Shared } from '@/lib/chat/share';
import { mayChange, type Principal } from '../auth';
import { getDb, share, sharedPicture } from '../db';
import { Problem } from '../problem';
import { rateLimit } from '../rate-limit';
import { wellFormed } from '../well-formed';
import { type Picture, rewritten, type Size } from './pictures';

/** Of all links together: a server that anybody may write to is not filled by it. */
const MAX_TOTAL_BYTES = 2_000_000_000;
// 10 links an hour from one address, 200 from all together.
const limit = rateLimit('share', 10, 200, 60 * 60_000);

const bounded = ({ width, height }: Size): Size => {
  const scale = Math.min(1, LIMITS.pictureSide / Math.max(width, height));
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  return { width: scaled(width), height: scaled(height) };
};
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const picturePath = (id: string, pictureId: string) => `/api/chat/pictures/${id}/${pictureId}`;

/** Keeps a snapshot under an address that cannot be guessed. @throws Problem */
export async function createShare(
  conversation: Conversation,
  { principal, address }: { principal: Principal; address: string },
): Promise<NewShare> {
  const wait = mayChange(principal) ? 0 : await limit.take(address);
  if (wait > 0)
    throw new Problem(
      'too-many',
      `Many links were made in the last hour. Try again in ${Math.ceil(wait / 60)} min.`,
    );
  const pictures: (Picture & { id: string })[] = [];
  // One after another, as each takes memory while it is decoded.
  for (const { id, url } of conversation.pictures) pictures.push({ id, ...(await rewritten(url, bounded)) });
  const kept = wellFormed({
    ...conversation,
    pictures: conversation.pictures.map((picture, at) => {
      const { width, height } = pictures[at] ?? picture;
      return { ...picture, url: '', width, height };
    }),
  });
  const bytes = pictures.reduce((all, picture) => all + picture.bytes.length, JSON.stringify(kept).length);
  const id = randomBytes(16).toString('base64url');
  const secret = randomBytes(24).toString('base64url');
  const db = await getDb();
  await db.transaction(async (tx) => {
    const [total] = await tx.select({ bytes: sum(share.bytes).mapWith(Number) }).from(share);
    if ((total?.bytes ?? 0) + bytes > MAX_TOTAL_BYTES)
      throw new Problem(
        'refused',
        'This server keeps as many shared conversations as it can: export it instead.',
      );
    await tx.insert(share).values({ id, secretHash: hashOf(secret), conversation: kept, bytes });
    if (pictures.length > 0)
      await tx.insert(sharedPicture).values(
        pictures.map((picture) => ({
          shareId: id,
          pictureId: picture.id,
          mediaType: picture.mediaType,
          bytes: picture.bytes,
        })),
      );
  });
  return { id, secret };
}

/** @throws Problem */
export async function getShare(id: string): Promise<Shared> {
  const db = await getDb();
  const [found] = await db.select().from(share).where(eq(share.id, id));
  if (found === undefined) throw notThere();
  const { conversation, createdAt } = found;
  return {
    conversation: {
      ...conversation,
      pictures: conversation.pictures.map((picture) => ({ ...picture, url: picturePath(id, picture.id) })),
    },
    sharedAt: createdAt,
  };
}

/** Null where it is not shared (any more). */
export async function getSharedPicture(
  id: string,
  pictureId: string,
): Promise<Pick<Picture, 'mediaType' | 'bytes'> | null> {
  const db = await getDb();
  const [found] = await db
    .select({ mediaType: sharedPicture.mediaType, bytes: sharedPicture.bytes })
    .from(sharedPicture)
    .where(and(eq(sharedPicture.shareId, id), eq(sharedPicture.pictureId, pictureId)));
  return found ?? null;
}

/** Whoever made it removes it by its secret, and the writer without: for good, pictures and all. @throws Problem */
export async function revokeShare(id: string, secret: string | null, principal: Principal): Promise<void> {
  const db = await getDb();
  const removed = await db
    .delete(share)
    // Digests are compared, so the time that it takes tells nothing of the secret.
    .where(
      and(eq(share.id, id), mayChange(principal) ? undefined : eq(share.secretHash, hashOf(secret ?? ''))),
    )
    .returning({ id: share.id });
  if (removed.length > 0) return;
  if ((await db.$count(share, eq(share.id, id))) === 0) throw notThere();
  throw new Problem('refused', 'Only whoever made this link may revoke it: this is not its secret.');
}

const notThere = () =>
  new Problem(
    'not-found',
    'There is no shared conversation at this address. Its link may have been revoked.',
  );
