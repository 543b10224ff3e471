import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCli } from '../scripts/bundle-cli.mjs';

/** For tests: the command as people call it, bundled and in a process of its own, in a folder that is its working directory. */

const root = fileURLToPath(new URL('..', import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  error: string;
}

export interface BundledCommand {
  folder: string;
  start(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): { child: ChildProcess; ended: Promise<Ended> };
  remove(): Promise<void>;
}

export async function bundleCommand(): Promise<BundledCommand> {
  const folder = await mkdtemp(join(tmpdir(), 'ocean-cli-'));
  await bundleCli(root, join(folder, 'dist'));
  await cp(join(root, 'cli/bin.mjs'), join(folder, 'cli/bin.mjs'));
  return {
    folder,
    start(args, env) {
      const child = spawn(process.execPath, [join(folder, 'cli/bin.mjs'), ...args], {
        cwd: folder,
        env: { ...process.env, OCEAN_NAME: 'ocean', ...env },
      });
      let out = '';
      let error = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        error += text;
      });
      const ended = new Promise<Ended>((resolve) =>
        child.once('close', (code) => resolve({ code, out, error })),
      );
      return { child, ended };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
