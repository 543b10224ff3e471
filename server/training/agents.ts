import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Machine } from '@/lib/training/protocol';
import { agent, getDb } from '../db';
import { Problem } from '../problem';

export interface Agent {
  id: string;
  name: string;
}

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
/** @param kind is seen where the token turns up in the wrong place. */
export const newToken = (kind: 'agent' | 'lease'): string =>
  `ocean-${kind}-${randomBytes(32).toString('base64url')}`;

/** The token is told once, and kept as its hash. */
export async function createAgent(name: string): Promise<Agent & { token: string }> {
  const db = await getDb();
  const token = newToken('agent');
  const id = randomUUID();
  await db.insert(agent).values({ id, name, tokenHash: hashOf(token) });
  return { id, name, token };
}

/** From now on its token opens nothing; what it is at is taken up by others once its lease ends. @throws Problem */
export async function revokeAgent(id: string): Promise<void> {
  const db = await getDb();
  const revoked = await db
    .update(agent)
    .set({ revokedAt: sql`coalesce(${agent.revokedAt}, now())` })
    .where(eq(agent.id, id))
    .returning();
  if (revoked.length === 0) throw new Problem('not-found', `There is no agent "${id}".`);
}

/** Every door of the agents is authorised here. @throws Problem */
export async function authoriseAgent(headers: Headers): Promise<Agent> {
  const token = headers.get('authorization')?.match(/^Bearer +(\S+)$/i)?.[1];
  const db = await getDb();
  const [found] =
    token === undefined
      ? []
      : await db
          .select({ id: agent.id, name: agent.name })
          .from(agent)
          .where(and(eq(agent.tokenHash, hashOf(token)), isNull(agent.revokedAt)));
  if (found === undefined)
    throw new Problem(
      'not-signed-in',
      'This is not the token of an agent of this server, or it was revoked: make one on the training page.',
    );
  return found;
}

export async function seen({ id }: Agent, machine: Machine): Promise<void> {
  const db = await getDb();
  await db.update(agent).set({ seenAt: sql`now()`, machine }).where(eq(agent.id, id));
}

export interface AgentRow extends Agent {
  seenAt: Date | null;
  revokedAt: Date | null;
  machine: Machine | null;
}

export async function listAgents(): Promise<readonly AgentRow[]> {
  const db = await getDb();
  return db
    .select({
      id: agent.id,
      name: agent.name,
      seenAt: agent.seenAt,
      revokedAt: agent.revokedAt,
      machine: agent.machine,
    })
    .from(agent)
    .orderBy(desc(agent.seenAt));
}
