// `node bench/training-cost.mjs [pairs, 10] [steps, 200] [prompts a step, 3]`: what being watched costs a training. The same toy recipe is run by hand, by
// an agent, and by hand once more, which tells how far two equal runs are apart: the processor time of the training's process, and the time a step takes.
// They go in turns of half a second, the others standing still: a machine that becomes slower for some seconds does so for all three.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { trainer } from '../scripts/trainer.mjs';
import { ask, ended, median, python, startAgent, toy, trainingOf } from './agents.mjs';
import { serving, TOKEN } from './serving.mjs';

const PAIRS = Number(process.argv[2] ?? 10);
const STEPS = Number(process.argv[3] ?? 200);
const PROMPTS = Number(process.argv[4] ?? 3);
const TURN_MS = 500;
const TIME = 'timing_s/step';
const OVERRIDES = { 'checkpoints.every': 50, 'logging.rollouts_every': 10 };

const folder = mkdtempSync(join(tmpdir(), 'ocean-cost-'));
// Python imports it by this name before all else: each process says that it is there, and a training's what it took when it ends.
writeFileSync(
  join(folder, 'sitecustomize.py'),
  `import atexit, os, resource, sys
own = os.path.join(os.environ["PROCESSES"], str(os.getpid()))
open(own, "w").close()
def leave():
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(own, "w") as file:
        file.write(str(used.ru_utime + used.ru_stime))
if "train" in sys.orig_argv or "ocean_r1.agent.child" in sys.orig_argv:
    atexit.register(leave)
`,
);

/** A run that was started, and the folder in which its processes are named. */
function started(name, start) {
  const processes = join(folder, name);
  mkdirSync(processes);
  const run = start({ OMP_NUM_THREADS: '1', PYTHONPATH: folder, PROCESSES: processes });
  return { processes, over: ended(run) };
}

function signal({ processes }, name) {
  for (const id of readdirSync(processes)) if (existsSync(`/proc/${id}`)) process.kill(Number(id), name);
}

async function inTurns(runs) {
  const open = new Set(runs);
  for (const run of runs) run.over.then(() => open.delete(run));
  while (open.size)
    for (const run of runs) {
      if (!open.has(run)) continue;
      for (const other of open) if (other !== run) signal(other, 'SIGSTOP');
      signal(run, 'SIGCONT');
      await Promise.race([run.over, setTimeout(TURN_MS)]);
    }
}

/** Processor seconds of the training. */
function processorSeconds({ processes }) {
  const trainings = readdirSync(processes)
    .map((id) => Number(readFileSync(join(processes, id), 'utf8')))
    .filter(Boolean);
  if (trainings.length !== 1) throw new Error(`${trainings.length} processes trained`);
  return trainings[0];
}

function startByHand(name, { toml }) {
  const path = join(folder, `${name}.toml`);
  writeFileSync(
    path,
    toml
      .replace(/^every = 1$/m, `every = ${OVERRIDES['checkpoints.every']}`)
      .replace(/^output = .*$/m, `output = "${join(folder, `${name}-output`)}"`)
      .concat(`\n[logging]\nrollouts_every = ${OVERRIDES['logging.rollouts_every']}\n`),
  );
  return started(name, (env) =>
    spawn(python, ['-m', 'ocean_r1', 'train', path], {
      cwd: trainer,
      env: { ...process.env, ...env },
      stdio: 'ignore',
    }),
  );
}

function stepByHand(name) {
  const lines = readFileSync(join(folder, `${name}-output`, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return median(lines.map((line) => JSON.parse(line).data[TIME]));
}

await serving(4306, async ({ address, call }) => {
  const { token } = await call('training.createAgent', { name: 'cost' });
  const runs = [];
  for (let n = 0; n < PAIRS; n++) {
    const recipe = await toy(join(folder, `toy-${n}`), { steps: STEPS, prompts_per_step: PROMPTS });
    const [id] = await call('training.create', { name: `Pair ${n}`, chain: [trainingOf(recipe, OVERRIDES)] });
    const hand = startByHand(`hand-${n}`, recipe);
    const agent = started(`agent-${n}`, (env) =>
      startAgent(address, token, join(folder, 'work'), { env, options: ['--once'] }),
    );
    const again = startByHand(`again-${n}`, recipe);
    await inTurns([hand, agent, again]);
    const { state, error } = await ask(address, TOKEN, 'page', { id });
    if (state !== 'succeeded') throw new Error(error ?? state);
    const { [TIME]: curve } = await ask(address, TOKEN, 'curves', { id, names: [TIME], points: 5_000 });
    const figures = {
      hand: { processor: processorSeconds(hand), step: stepByHand(`hand-${n}`) },
      agent: { processor: processorSeconds(agent), step: median(curve.low) },
      again: { processor: processorSeconds(again), step: stepByHand(`again-${n}`) },
    };
    runs.push(figures);
    const told = Object.entries(figures).map(
      ([who, { processor, step }]) =>
        `${who} ${processor.toFixed(2)} s of processor, ${(1_000 * step).toFixed(1)} ms a step`,
    );
    console.log(`${told.join('; ')} (load ${loadavg()[0].toFixed(1)})`);
  }
  for (const who of ['agent', 'again'])
    for (const what of ['processor', 'step']) {
      const percent = runs.map((run) => 100 * (run[who][what] / run.hand[what] - 1));
      console.log(
        `${who} against hand, ${what}: ${median(percent).toFixed(1)} % more (median of ${PAIRS}: ${percent.map((one) => one.toFixed(1)).join(', ')})`,
      );
    }
});
rmSync(folder, { recursive: true, force: true });
