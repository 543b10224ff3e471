import { lt } from 'drizzle-orm';
import { endedSession, getDb } from '../db';
import { topic } from '../events';
import { log } from '../log';
import { processWide } from '../process-wide';

/** Sessions that were signed out of before their time, as every process knows them: a copy of such a cookie opens nothing. */
const ended = processWide('ended sessions', () => new Set<string>());
const ENDED = topic<never>('session-ended');
const ANY = 'any';

export const isEnded = (id: string): boolean => ended().has(id);

export async function endSession({ id, ends }: { id: string; ends: Date }): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await tx.insert(endedSession).values({ id, ends }).onConflictDoNothing();
    await ENDED.wake(tx, ANY);
  });
  ended().add(id);
}

/** Before the first request: reads what was ended, and goes on hearing of it, from whichever process. */
export async function followSignOuts(): Promise<void> {
  await ENDED.onWake(ANY, () => {
    readEnded().catch((error: unknown) => log.error({ err: error }, 'ended sessions could not be read'));
  });
  await readEnded();
}

async function readEnded(): Promise<void> {
  const db = await getDb();
  await db.delete(endedSession).where(lt(endedSession.ends, new Date()));
  for (const { id } of await db.select({ id: endedSession.id }).from(endedSession)) ended().add(id);
}
