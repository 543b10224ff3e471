import { sql } from 'drizzle-orm';
import manifest from '@/package.json';
import { database } from '@/server/db';
import { log } from '@/server/log';

export const dynamic = 'force-dynamic';

const PATIENCE_MS = 5_000;

/** What is up, and which version. 503 while the database does not answer. */
export async function GET(): Promise<Response> {
  const started = performance.now();
  const base = { version: manifest.version, uptimeSeconds: Math.round(process.uptime()) };
  try {
    const { driver } = await withinPatience(
      database().then(async (opened) => {
        await opened.db.execute(sql`select 1`);
        return opened;
      }),
    );
    const latencyMs = Math.round((performance.now() - started) * 10) / 10;
    return Response.json({ status: 'up', ...base, database: { driver, latencyMs } });
  } catch (error) {
    log.error({ err: error }, 'the database does not answer');
    return Response.json(
      { status: 'down', ...base, database: { error: 'does not answer' } },
      { status: 503 },
    );
  }
}

function withinPatience<T>(promise: Promise<T>): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS).unref();
    }),
  ]);
}
