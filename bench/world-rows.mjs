// Training rows of Ocean World: time of a core by step and a row, tasks mixed; and rows a second of the command with all cores.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorld } from '../scripts/bundle-world.mjs';
import { root } from '../scripts/setup.mjs';

const SIZE = 112;
const ROWS = 300;
const WRITTEN = 2000;

export async function worldRows() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const { ask, render, encodePng, encodeJpeg, TASKS } = await bundleWorld(folder);
    const spent = { question: 0, picture: 0, PNG: 0, JPEG: 0 };
    const timed = (step, work) => {
      const before = process.cpuUsage();
      const result = work();
      const { user, system } = process.cpuUsage(before);
      spent[step] += (user + system) / 1000 / ROWS;
      return result;
    };
    for (let i = -50; i < ROWS; i++) {
      // The first ones are for the compiler.
      if (i === 0) for (const step in spent) spent[step] = 0;
      const { scene } = timed('question', () => ask(TASKS[(i + 50) % TASKS.length], i + 50, SIZE));
      const picture = timed('picture', () => render(scene, SIZE));
      timed('PNG', () => encodePng(picture));
      timed('JPEG', () => encodeJpeg(picture, 90));
    }
    const ms = (value) => `${value.toFixed(1)} ms`;
    const row = spent.question + spent.picture + spent.PNG;
    console.log(
      `world, a row of ${SIZE} px on one core    ${ms(row)}: question ${ms(spent.question)}, picture ${ms(spent.picture)}, PNG ${ms(spent.PNG)} (or JPEG ${ms(spent.JPEG)})`,
    );
    const started = performance.now();
    execFileSync(
      process.execPath,
      [
        join(root, 'cli/bin.mjs'),
        'world',
        '--count',
        WRITTEN,
        '--size',
        SIZE,
        '--out',
        join(folder, 'rows'),
      ].map(String),
      { stdio: 'ignore' },
    );
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `command, ${WRITTEN.toLocaleString('en')} rows on ${availableParallelism()} cores         ${(WRITTEN / seconds).toFixed(0)} rows/s: 20,000 in ${((20000 / WRITTEN) * (seconds / 60)).toFixed(1)} min`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
