// Wall time of `ocean score` over RefCOCO's three validation splits, a process each, start-up included; and of start-up alone.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { writeRefcoco } from './made-up-refcoco.mjs';

const RUNS = 5;

const ocean = (...args) =>
  execFileSync(process.execPath, [join(root, 'cli/bin.mjs'), ...args], { encoding: 'utf8', cwd: root });

function seconds(work) {
  const times = Array.from({ length: RUNS }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)];
}

export async function cliScore() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const files = writeRefcoco(folder);
    const score = ({ split, data, predictions }) =>
      JSON.parse(
        ocean('score', predictions, '--benchmark', 'refcoco', '--split', split, '--data', data, '--json'),
      );
    for (const file of files) {
      const { matched, headline } = score(file);
      if (matched !== file.samples || Math.abs(headline - 75) > 0.1)
        throw new Error(`${file.split}: ${matched} matched, ${headline} % where 75 % are right`);
    }
    const total = files.reduce((sum, { samples }) => sum + samples, 0);
    console.log(
      `command, start-up (ocean --version)     ${(seconds(() => ocean('--version')) * 1000).toFixed(0)} ms (median of ${RUNS})`,
    );
    console.log(
      `command, ${total.toLocaleString('en')} RefCOCO predictions     ${seconds(() => files.forEach(score)).toFixed(2)} s for three calls (median of ${RUNS})`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
