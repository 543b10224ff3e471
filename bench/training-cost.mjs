// `node bench/training-cost.mjs [pairs, 10] [steps, 200] [prompts a step, 3]`: what being watched costs a training. The same toy recipe is run by hand and by
// an agent, one after the other, in pairs: the processor time of the training's process as a whole, and the time that a step takes.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainer } from '../scripts/trainer.mjs';
import { ask, ended, median, python, startAgent, toy, trainingOf } from './agents.mjs';
import { serving, TOKEN } from './serving.mjs';

const PAIRS = Number(process.argv[2] ?? 10);
const STEPS = Number(process.argv[3] ?? 200);
const PROMPTS = Number(process.argv[4] ?? 3);
const TIME = 'timing_s/step';

const folder = mkdtempSync(join(tmpdir(), 'ocean-cost-'));
const figures = join(folder, 'figures');
mkdirSync(figures);
// Python imports it by this name before all else; each process leaves what it took when it ends.
writeFileSync(
  join(folder, 'sitecustomize.py'),
  `import atexit, os, resource, sys
def leave():
    used = resource.getrusage(resource.RUSAGE_SELF)
    kind = "trains" if "train" in sys.orig_argv or "ocean_r1.agent.child" in sys.orig_argv else "else"
    with open(os.path.join(${JSON.stringify(figures)}, f"{os.getpid()}.{kind}"), "w") as file:
        file.write(str(used.ru_utime + used.ru_stime))
atexit.register(leave)
`,
);
const env = { OMP_NUM_THREADS: '1', PYTHONPATH: folder };

/** Processor seconds of the training that has just ended. */
function processorSeconds() {
  const trains = readdirSync(figures).filter((name) => name.endsWith('.trains'));
  if (trains.length !== 1) throw new Error(`${trains.length} processes trained`);
  const used = Number(readFileSync(join(figures, trains[0]), 'utf8'));
  for (const name of readdirSync(figures)) rmSync(join(figures, name));
  return used;
}

const recipe = (n) => toy(join(folder, `toy-${n}`), { steps: STEPS, prompts_per_step: PROMPTS });
const OVERRIDES = { 'checkpoints.every': 50, 'logging.rollouts_every': 10 };

async function byHand({ toml, model }) {
  const path = join(folder, 'recipe.toml');
  writeFileSync(
    path,
    toml
      .replace(/^every = 1$/m, `every = ${OVERRIDES['checkpoints.every']}`)
      .concat(`\n[logging]\nrollouts_every = ${OVERRIDES['logging.rollouts_every']}\n`),
  );
  const run = spawn(python, ['-m', 'ocean_r1', 'train', path], {
    cwd: trainer,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await ended(run);
  const lines = readFileSync(join(model, '..', 'by-hand', 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return { processor: processorSeconds(), step: median(lines.map((line) => JSON.parse(line).data[TIME])) };
}

await serving(4306, async ({ address, call }) => {
  const { token } = await call('training.createAgent', { name: 'cost' });
  const byAgent = async (run, n) => {
    const chain = [trainingOf(run, OVERRIDES)];
    const [id] = await call('training.create', { name: `Pair ${n}`, chain });
    await ended(startAgent(address, token, join(folder, 'work'), { env, options: ['--once'] }));
    const { state, error } = await ask(address, TOKEN, 'page', { id });
    if (state !== 'succeeded') throw new Error(error ?? state);
    const { [TIME]: curve } = await ask(address, TOKEN, 'curves', { id, names: [TIME], points: 5_000 });
    return { processor: processorSeconds(), step: median(curve.low) };
  };
  const ratios = { processor: [], step: [] };
  for (let n = 0; n < PAIRS; n++) {
    const run = await recipe(n);
    const runs = {};
    // Each goes first every second time.
    for (const who of n % 2 === 0 ? ['hand', 'agent'] : ['agent', 'hand'])
      runs[who] = who === 'hand' ? await byHand(run) : await byAgent(run, n);
    for (const what of ['processor', 'step']) ratios[what].push(runs.agent[what] / runs.hand[what]);
    console.log(
      `by hand ${runs.hand.processor.toFixed(2)} s of processor, ${(1_000 * runs.hand.step).toFixed(1)} ms a step; by an agent ${runs.agent.processor.toFixed(2)} s, ${(1_000 * runs.agent.step).toFixed(1)} ms (load ${loadavg()[0].toFixed(1)})`,
    );
  }
  for (const [what, all] of Object.entries(ratios))
    console.log(
      `${what === 'step' ? 'a step takes' : 'processor time'} ${(100 * (median(all) - 1)).toFixed(1)} % more (median of ${PAIRS} pairs, ${all.map((ratio) => (100 * (ratio - 1)).toFixed(1)).join(', ')})`,
    );
});
rmSync(folder, { recursive: true, force: true });
