// Wall time of `ocean compare` over two files of RefCOCO's 10,834 validation samples, start-up included.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { writeRefcoco } from './made-up-refcoco.mjs';

const RUNS = 5;

export async function cliCompare() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const [{ data, predictions, samples }] = writeRefcoco(folder);
    // Every fifth answer is taken away.
    const other = JSON.parse(readFileSync(predictions, 'utf8'));
    const emptied = other.results.filter((row, index) => {
      const isEmptied = index % 5 === 0;
      if (isEmptied) row.model_output = '';
      return isEmptied && row.correct === 1;
    });
    const changed = join(folder, 'changed.json');
    writeFileSync(changed, JSON.stringify({ ...other, accuracy: 0 }));

    const args = ['compare', predictions, changed, '--benchmark', 'refcoco', '--split', 'refcoco_val'];
    const times = [];
    for (let i = 0; i < RUNS; i += 1) {
      const started = performance.now();
      const { stdout, status, stderr } = spawnSync(
        process.execPath,
        [join(root, 'cli/bin.mjs'), ...args, '--data', data, '--json'],
        { encoding: 'utf8', cwd: root },
      );
      times.push((performance.now() - started) / 1000);
      const [{ comparisons }] = status === 0 ? JSON.parse(stdout).sets : [{ comparisons: [] }];
      if (comparisons[0]?.broken !== emptied.length)
        throw new Error(`${emptied.length} are broken: ${stdout}${stderr}`);
    }
    const median = (values) => values.sort((a, b) => a - b)[Math.floor(RUNS / 2)].toFixed(2);
    console.log(
      `command, two files of ${samples.toLocaleString('en')} compared      ${median(times)} s, start-up included (median of ${RUNS})`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
