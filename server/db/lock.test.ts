import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { LockedError, takeLock } from './lock';

const folder = mkdtempSync(join(tmpdir(), 'ocean-lock-'));
const program = join(folder, 'holder.mjs');
const path = join(folder, 'pglite.lock');
const take = () => takeLock(path, 'The folder of this test');

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'test-lock-holder.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});
afterEach(() => rmSync(path, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function holder(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('the lock', () => {
  test('is held by one, released, and taken again', () => {
    const release = take();
    expect(take).toThrow(LockedError);
    release();
    expect(existsSync(path)).toBe(false);
    take()();
    expect(readdirSync(folder)).toEqual(['holder.mjs']);
  });

  test('is refused while another process lives, naming it, and taken over once that was killed', async () => {
    const child = await holder();
    expect(take).toThrow(`The folder of this test is in use by process ${child.pid}.`);
    await end(child);
    const release = take();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    release();
  });

  test.skipIf(!existsSync('/proc/self/stat'))(
    'is taken from a process that ended though another has its id now (skipped without /proc)',
    async () => {
      const child = await holder();
      const held: object = JSON.parse(readFileSync(path, 'utf8'));
      await end(child);
      // As if this living process had been given the id of the ended one.
      writeFileSync(path, JSON.stringify({ ...held, pid: process.ppid }));
      take()();
    },
  );

  test.skipIf(!existsSync('/proc/self/stat'))(
    'is taken from a process that was killed and not yet fetched by its parent (skipped without /proc)',
    async () => {
      // The shell becomes a program that fetches no children, and then its child ends.
      const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec tail -f /dev/null'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const [told] = await once(parent.stdout, 'data');
      const pid = Number(String(told));
      await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('tail\n'));
      parent.stdin.end();
      await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /));
      writeFileSync(path, JSON.stringify({ pid, host: hostname(), started: null }));
      take()();
      await end(parent);
    },
  );

  test('is not taken where it cannot be told whether the holder lives', () => {
    const elsewhere = { pid: 1, host: `${hostname()}-other`, started: null };
    writeFileSync(path, JSON.stringify(elsewhere));
    expect(take).toThrow('make sure that its machine (or container) is off. Then remove');
    writeFileSync(path, 'something else');
    expect(take).toThrow('is not a lock file of ours');
    expect(readFileSync(path, 'utf8')).toBe('something else');
  });

  test('of another is not released by the one who lost it', () => {
    const release = take();
    writeFileSync(path, JSON.stringify({ pid: process.ppid, host: hostname(), started: null }));
    release();
    expect(existsSync(path)).toBe(true);
  });
});
