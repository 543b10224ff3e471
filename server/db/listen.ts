import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { log } from '../log';

/** How long after a lost connection the next one is tried, in ms. */
const AGAIN_AFTER_MS = 500;

/**
 * Listens on a connection of its own, and on the next one when that is lost. See `Database.listen`.
 * @returns once it listens, what ends it.
 */
export async function listenPostgres(
  connection: pg.ClientConfig,
  channel: string,
  onNotice: (payload: string | null) => void,
): Promise<() => Promise<void>> {
  const closing = new AbortController();
  async function connect(): Promise<{ client: pg.Client; lost: Promise<unknown> }> {
    const client = new pg.Client(connection);
    const lost = new Promise((resolve) => client.once('end', resolve));
    client.on('notification', ({ payload }) => onNotice(payload ?? ''));
    client.on('error', (error) => log.warn({ err: error }, 'the connection that listens was lost'));
    try {
      await client.connect();
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    onNotice(null);
    return { client, lost };
  }

  let current = await connect();
  const listening = (async () => {
    while (!closing.signal.aborted) {
      await current.lost;
      await setTimeout(AGAIN_AFTER_MS, null, { signal: closing.signal }).catch(() => {});
      if (!closing.signal.aborted)
        current = await connect().catch((error: unknown) => {
          log.warn({ err: error }, 'the database does not answer; its notices are waited for');
          return current;
        });
    }
  })();
  return async () => {
    closing.abort();
    await current.client.end();
    await listening;
  };
}
