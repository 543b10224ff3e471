// Memory and time of one process that reads, matches and scores a file of 100,000 rows: `ocean score`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

const ROWS = 100_000;
const THINKING = 'Looking from left to right, the described region stands beside the others. '.repeat(12);
const box = (index) => [index % 500, 20, (index % 500) + 60, 90];

/** Says, as the process ends, the most memory that it held (Linux and macOS count in KB). */
const REPORT = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('\\nmaxrss ' + process.resourceUsage().maxRSS + '\\n'));",
)}`;

export async function importMemory() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const data = join(folder, 'refcoco_val.json');
    const predictions = join(folder, 'predictions.jsonl');
    const samples = Array.from({ length: ROWS }, (_, index) => ({
      image: `train2014/made_up_${index % 15_000}.png`,
      problem: `shape ${index}`,
      solution: box(index),
      normalized_solution: box(index),
    }));
    writeFileSync(data, JSON.stringify(samples));
    writeFileSync(
      predictions,
      samples
        .map(({ solution }, index) =>
          JSON.stringify({
            sample_id: String(index),
            output: `<think>${THINKING}</think><answer>[${solution.join(', ')}]</answer>`,
          }),
        )
        .join('\n'),
    );
    const started = performance.now();
    const command = [join(root, 'cli/bin.mjs'), 'score', predictions, '--benchmark', 'refcoco'];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', REPORT, ...command, '--split', 'refcoco_val', '--data', data, '--json'],
      { encoding: 'utf8', cwd: root },
    );
    const elapsed = (performance.now() - started) / 1000;
    if (status !== 0 || JSON.parse(stdout).correct !== ROWS) throw new Error(stderr || stdout);
    const megabytes = Number(stderr.match(/maxrss (\d+)/)?.[1]) / 1024;
    console.log(
      `command, one file of ${ROWS.toLocaleString('en')} rows (${(statSync(predictions).size / 1e6).toFixed(0)} MB)  ${megabytes.toFixed(0)} MB at most, ${elapsed.toFixed(1)} s`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
