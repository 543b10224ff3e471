// `node bench/training-cut.mjs [minutes, 10]`: a toy job is trained by an agent whose way to the server is cut for so long. The run
// must not wait for it, all that happened meanwhile has to arrive, and the job's page has to say what is known.
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ask, ended, kill, median, seconds, startAgent, startProxy, toy, trainingOf } from './agents.mjs';
import { serving, TOKEN } from './serving.mjs';

const MINUTES = Number(process.argv[2] ?? 10);
/** Before the cut and after it, in seconds. */
const MARGIN = 60;
const PORT = 4302;
const TIME = 'timing_s/step';

const folder = mkdtempSync(join(tmpdir(), 'ocean-cut-'));
const toyRun = await toy(join(folder, 'toy'), { steps: 1_000_000 });
const overrides = { 'checkpoints.every': 200, 'logging.rollouts_every': 200 };
const work = join(folder, 'work');

await serving(PORT, async ({ address, call }) => {
  const proxy = await startProxy(PORT + 1, address);
  const { token } = await call('training.createAgent', { name: 'cut off' });
  const [id] = await call('training.create', {
    name: 'Cut off',
    public: true,
    chain: [trainingOf(toyRun, overrides)],
  });
  const agent = startAgent(proxy.address, token, work, { options: ['--once'] });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  const page = await browser.newPage();
  await page.goto(`${address}/training/${id}`);
  const status = async () => (await page.getByRole('status').first().textContent())?.trim();
  const stepOf = async () => (await ask(address, TOKEN, 'page', { id }))?.step ?? 0;
  try {
    while ((await stepOf()) < 10) await seconds(0.5);
    await seconds(MARGIN);
    const from = Date.now();
    proxy.cut(true);
    for (let minute = 0; minute < MINUTES; minute++) {
      await seconds(60);
      console.log(`after ${minute + 1} min the page says: ${await status()}`);
    }
    const to = Date.now();
    const last = JSON.parse(readFileSync(metrics(id), 'utf8').trimEnd().split('\n').at(-1)).step;
    proxy.cut(false);
    const began = performance.now();
    while ((await stepOf()) < last) await seconds(0.5);
    console.log(
      `all is there ${((performance.now() - began) / 1_000).toFixed(1)} s after the way is open; the page says: ${await status()}`,
    );
    await seconds(MARGIN);
    // The agent removes the folder of a job that has ended; an open file stays.
    const onBox = openSync(metrics(id), 'r');
    await call('training.cancel', { id });
    await ended(agent);
    const lines = readFileSync(onBox, 'utf8').trimEnd().split('\n');
    console.log(`the page says: ${await status()}`);

    const told = [];
    for (let at = 1; at <= lines.length; at += 1_000) {
      const range = { from: at, to: at + 999, points: 5_000 };
      const { [TIME]: curve } = await ask(address, TOKEN, 'curves', { id, names: [TIME], ...range });
      told.push(...curve.steps.map((step, n) => ({ step, at: curve.at[n], time: curve.low[n] })));
    }
    const times = (when) => told.filter(({ at }) => when(at)).map(({ time }) => time);
    const during = times((at) => at >= from && at < to);
    const around = times((at) => at < from || at >= to);
    console.log(
      `${lines.length} steps on the box, ${told.length} on the server, ${during.length} of them in the cut`,
    );
    console.log(
      `a step took ${(1_000 * median(during)).toFixed(1)} ms in the cut, ${(1_000 * median(around)).toFixed(1)} ms around it (medians); the longest ${Math.max(...during).toFixed(2)} s and ${Math.max(...around).toFixed(2)} s`,
    );
    const whole = told.length === lines.length && told.every(({ step }, n) => step === n + 1);
    console.log(whole ? 'nothing is missing' : 'steps are missing');
    process.exitCode = whole ? 0 : 1;
  } finally {
    await browser.close();
    await kill(agent);
    proxy.close();
  }
});
rmSync(folder, { recursive: true, force: true });

/** What the run writes on the box. */
function metrics(id) {
  return join(work, 'jobs', id, 'run', 'metrics.jsonl');
}
