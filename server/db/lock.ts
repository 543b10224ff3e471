import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/**
 * A lock file that one process holds. PGlite has none of its own, and two processes on one folder destroy it. The file
 * names its holder; it is taken from a process that has ended, never from a living one.
 */

const holderSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** When the process began, by the kernel: tells a process from a later one with the same id. Null where unknown. */
  started: z.string().nullable(),
});
type Holder = z.infer<typeof holderSchema>;

export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/**
 * @param path of the lock file; its folder exists.
 * @param what is locked, for the message.
 * @returns what releases the lock.
 * @throws LockedError naming the process that holds it.
 */
export function takeLock(path: string, what: string): () => void {
  const own = JSON.stringify({ pid: process.pid, host: hostname(), started: startOf(process.pid) });
  // Linked, not written, into its place: the file is whole from its first moment, and only one process makes it.
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, own);
    while (!linked(draft, path)) giveWayOrClear(path, what);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (textOf(path) === own) rmSync(path, { force: true });
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a process that has ended, or throws. */
function giveWayOrClear(path: string, what: string): void {
  const text = textOf(path);
  if (text === null) return;
  const holder = holderOf(text);
  if (holder === null)
    throw new LockedError(
      `${path} is not a lock file of ours. If no other server uses ${what}, remove it and start again.`,
    );
  if (holder.host !== hostname())
    throw new LockedError(
      `${what} is in use by process ${holder.pid} on ${holder.host}; this is ${hostname()}. Two servers on one folder destroy it: stop that one, or make sure that its machine (or container) is off. Then remove ${path} and start again.`,
    );
  if (isAlive(holder))
    throw new LockedError(
      `${what} is in use by process ${holder.pid}. Stop that one, or set OCEAN_DATA_DIR to another folder (or DATABASE_URL to a Postgres server).`,
    );
  // Moved before it is removed: of two processes that find the same dead lock, one moves it. Should a third have
  // locked in between, what was moved is its lock, and goes back.
  const moved = `${path}.ended-${process.pid}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (textOf(moved) !== text) linked(moved, path);
  rmSync(moved, { force: true });
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    if (codeOf(error) === 'ESRCH') return false;
  }
  // Killed, and not yet fetched by whoever started it: it writes nothing any more.
  if (statOf(pid)?.[0] === 'Z') return false;
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** Boot and clock tick at which the process began (field 22 of its stat, counted behind the name in parentheses). */
function startOf(pid: number): string | null {
  const ticks = statOf(pid)?.[19];
  return ticks === undefined ? null : `${textOf('/proc/sys/kernel/random/boot_id')?.trim()} ${ticks}`;
}

/** What the kernel says of a process, from its state on: behind its name, which may have anything in it. */
function statOf(pid: number): string[] | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function holderOf(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return null;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
