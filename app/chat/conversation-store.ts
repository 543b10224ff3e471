import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Conversation } from '@/lib/chat/conversation';
import type { NewShare } from '@/lib/chat/share';
import { loadPart } from '../ui/part';

/** Conversations in this browser's IndexedDB, and nowhere else. */

export interface Summary {
  id: string;
  title: string;
  updatedAt: string;
  turns: number;
}

interface Schema extends DBSchema {
  conversation: { key: string; value: Conversation };
  /** Apart, so that a list is read without the pictures. */
  summary: { key: string; value: Summary; indexes: { updatedAt: string } };
  /** By the id of the conversation: links that can be revoked from here. */
  share: { key: string; value: NewShare };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('ocean-r1-chat', 1, {
    upgrade(db) {
      db.createObjectStore('conversation', { keyPath: 'id' });
      db.createObjectStore('summary', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
      db.createObjectStore('share');
    },
  }).catch((reason: unknown) => {
    opened = null;
    throw reason;
  });
  return opened;
}

export async function saveConversation(conversation: Conversation): Promise<void> {
  const { id, title, updatedAt, turns } = conversation;
  const transaction = (await database()).transaction(['conversation', 'summary'], 'readwrite');
  await Promise.all([
    transaction.objectStore('conversation').put(conversation),
    transaction.objectStore('summary').put({ id, title, updatedAt, turns: turns.length }),
    transaction.done,
  ]);
}

/** Newest first. */
export async function listConversations(): Promise<Summary[]> {
  return (await (await database()).getAllFromIndex('summary', 'updatedAt')).reverse();
}

/** Null where there is none; throws where what is stored is no conversation. */
export async function loadConversation(id: string): Promise<Conversation | null> {
  const stored = await (await database()).get('conversation', id);
  return stored === undefined ? null : await parseConversation(stored);
}

/** The schema is loaded where something comes in from outside, and before the network may be gone. */
export const loadSchema = () => loadPart(() => import('@/lib/chat/conversation'));

/** @throws Error with a sentence. */
export async function parseConversation(value: unknown): Promise<Conversation> {
  const { conversationSchema } = await loadSchema();
  const parsed = conversationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`It is no conversation of this page: ${issue?.path.join('.')} ${issue?.message}.`);
}

/** Revoke its link first: what revokes it is forgotten. */
export async function deleteConversation(id: string): Promise<void> {
  const transaction = (await database()).transaction(['conversation', 'summary', 'share'], 'readwrite');
  await Promise.all([
    transaction.objectStore('conversation').delete(id),
    transaction.objectStore('summary').delete(id),
    transaction.objectStore('share').delete(id),
    transaction.done,
  ]);
}

export const loadShare = async (conversationId: string): Promise<NewShare | null> =>
  (await (await database()).get('share', conversationId)) ?? null;

export async function saveShare(conversationId: string, share: NewShare | null): Promise<void> {
  const db = await database();
  if (share === null) await db.delete('share', conversationId);
  else await db.put('share', share, conversationId);
}
