// GEOQA's outputs scored here and, given a Python that has it, by Math-Verify. Cold: whole processes in turn, as a user meets them.
// Warm: chunk by chunk in turn in processes that run on, CPU time each.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';

const OUTPUTS = join(root, '../shared/data/predictions/r1v_geoqa_qwen2vl_7b_instruct.json');
const ANNOTATIONS = join(root, '../shared/data/ocean-r1/geoqa_test_prompts.jsonl');
/** A Python with math-verify 0.8.0 and latex2sympy2_extended 1.10.2. */
const PYTHON = process.env.MATH_VERIFY_PYTHON;
const CHUNK = 377;
const PASSES = 5;
const WARM_UP = 20;
const PROCESSES = 10;

export async function mathematics() {
  if (!existsSync(OUTPUTS)) {
    console.log(
      'mathematics                             not measured: no ../shared/data beside this checkout',
    );
    return;
  }
  cold();
  await warm();
}

function cold() {
  const args = ['score', OUTPUTS, '--benchmark', 'geoqa', '--data', ANNOTATIONS];
  const compiled = join(root, 'dist/compiled');
  const commands = [
    ['first call, nothing compiled', [process.execPath, 'cli/bin.mjs', ...args], compiled],
    ['node cli/bin.mjs score', [process.execPath, 'cli/bin.mjs', ...args]],
    ['./ocean score', ['./ocean', ...args]],
    ...(PYTHON ? [['Math-Verify', [PYTHON, 'bench/mathematics.py', OUTPUTS, ANNOTATIONS]]] : []),
  ].map(([name, command, without]) => ({ name, command, without, wall: [], cpu: [] }));
  for (let run = 0; run <= PROCESSES; run++) {
    for (const { command, without, wall, cpu } of commands) {
      if (without) rmSync(without, { recursive: true, force: true });
      const times = timed(command);
      // The first run of each brings the files into memory.
      if (run === 0) continue;
      wall.push(times.wall);
      cpu.push(times.cpu);
    }
  }
  const ours = commands[1];
  console.log(
    `mathematics, cold: whole processes that score the 754 outputs, in turn, median of ${PROCESSES}`,
  );
  for (const { name, wall, cpu } of commands)
    console.log(
      `  ${name.padEnd(37)} ${median(wall).toFixed(2)} s (${(median(wall) / median(ours.wall)).toFixed(2)} times), ${median(cpu).toFixed(2)} s of CPU (${(median(cpu) / median(ours.cpu)).toFixed(2)} times)`,
    );
}

/** Seconds by the clock, and of processors, user and system together, of a process from its start to its end. */
function timed(command) {
  const { status, stderr, error } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null', 'bash', ...command],
    { cwd: root, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  );
  if (error || status !== 0) throw error ?? new Error(`${command.join(' ')}: ${stderr}`);
  const [wall, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system };
}

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

async function warm() {
  const rows = JSON.parse(readFileSync(OUTPUTS, 'utf8')).results.map((row) => ({
    gold: row.ground_truth,
    output: row.model_output,
  }));
  const { parseAnswers, verify } = await mathematicsBundle();
  const score = ({ gold, output }) => verify(parseAnswers(output), parseAnswers(gold)).equal;
  const python = PYTHON ? upstream(PYTHON) : null;
  const versions = python && (await python.next());

  for (let pass = 0; pass < WARM_UP; pass++) rows.forEach(score);
  let here = 0;
  let there = 0;
  let differences = 0;
  let right = 0;
  // Start-up aside: the first pass, in which both still compile and fill their caches, is not counted.
  for (let pass = 0; pass <= PASSES; pass++) {
    const share = pass === 0 ? 0 : 1 / PASSES;
    for (let from = 0; from < rows.length; from += CHUNK) {
      const chunk = rows.slice(from, from + CHUNK);
      const before = process.cpuUsage();
      const verdicts = chunk.map(score);
      const { user, system } = process.cpuUsage(before);
      here += ((user + system) / 1e6) * share;
      const answer = await python?.next(chunk);
      there += (answer?.seconds ?? 0) * share;
      right += verdicts.filter(Boolean).length * share;
      differences += verdicts.filter((verdict, at) => answer && verdict !== answer.verdicts[at]).length;
    }
  }
  python?.end();
  const rate = (seconds) => `${Math.round(rows.length / seconds).toLocaleString('en')} samples/s`;
  console.log(
    `mathematics, warm: ${rows.length} GEOQA outputs ${here.toFixed(2)} s of CPU, ${rate(here)}, ${Math.round(right)} right`,
  );
  if (versions)
    console.log(
      `  Math-Verify ${versions.math_verify} (SymPy ${versions.sympy})      ${there.toFixed(2)} s of CPU, ${rate(there)}: ${(there / here).toFixed(0)} times; ${differences} verdicts differ`,
    );
  else
    console.log(
      '  Math-Verify                           not measured: MATH_VERIFY_PYTHON names no Python that has it',
    );
}

async function mathematicsBundle() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const outfile = join(folder, 'mathematics.mjs');
    await build({
      absWorkingDir: root,
      stdin: {
        contents: "export * from '@/lib/mathematics/parse'; export * from '@/lib/mathematics/verify';",
        resolveDir: root,
      },
      outfile,
      bundle: true,
      format: 'esm',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One question a line to the Python and one answer a line back. */
function upstream(python) {
  const child = spawn(python, [join(root, 'bench/mathematics.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next(rows) {
      if (rows) child.stdin.write(`${JSON.stringify(rows)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${python} bench/mathematics.py ended: has that Python math-verify?`);
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}
