// `node bench/training-resume.mjs`: a training by the trainer's own agent is cancelled half way and resumed, as the page does it, by an agent
// that has nothing of the first one's on its disk. Steps, rollouts and files have to be those of a run that nobody stopped.
import { deepStrictEqual } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, kill, seconds, startAgent, toy, trainingOf } from './agents.mjs';
import { serving, TOKEN } from './serving.mjs';

const STEPS = 400;
const folder = mkdtempSync(join(tmpdir(), 'ocean-resume-'));
const toyRun = await toy(join(folder, 'toy'), { steps: STEPS });
const spec = trainingOf(toyRun, { 'checkpoints.every': 100, 'logging.rollouts_every': 50 });

await serving(4306, async ({ address, call }) => {
  const { token } = await call('training.createAgent', { name: 'this machine' });
  const create = async (name) => (await call('training.create', { name, chain: [spec] }))[0];
  const until = async (id, holds) => {
    for (;;) {
      const page = await ask(address, TOKEN, 'page', { id });
      if (holds(page)) return page;
      await seconds(0.1);
    }
  };
  const isOver = ({ state }) => !['waiting', 'running'].includes(state);
  /** Steps with what they measured but for times, rollouts, and the files by their hashes. */
  const made = async ({ id, files, metrics, rolloutSteps }) => ({
    files,
    curves: Object.entries(
      await ask(address, TOKEN, 'curves', {
        id,
        names: metrics.filter((name) => !/^(timing|perf)/.test(name)),
      }),
    ).map(([name, { steps, low }]) => [name, steps, low]),
    rollouts: await Promise.all(
      rolloutSteps.map(async (step) => {
        const { groups } = await ask(address, TOKEN, 'rollouts', { id, step });
        return groups.map(({ ordinal, data }) => ({ step, ordinal, data }));
      }),
    ),
  });

  const agents = [startAgent(address, token, join(folder, 'first'))];
  try {
    const whole = await until(await create('not stopped'), isOver);
    const stopped = await create('stopped');
    await until(stopped, ({ step }) => step > 120);
    await call('training.cancel', { id: stopped });
    const { state, step } = await until(stopped, isOver);
    console.log(`${state} at step ${step} of ${STEPS}`);
    await kill(agents[0], 'SIGTERM');
    agents.push(startAgent(address, token, join(folder, 'second')));
    const resumed = await until(await call('training.resume', { id: stopped }), isOver);
    console.log(`resumed: ${resumed.state} at step ${resumed.step}; ${resumed.error ?? ''}`);
    const [ours, theirs] = [await made(resumed), await made(whole)];
    // The checkpoint at which it was stopped is one more; those of the first part are the first job's.
    const known = new Map(theirs.files.map(({ path, sha256 }) => [path, sha256]));
    const both = ours.files.filter(({ path }) => known.has(path));
    deepStrictEqual(
      both.map(({ path, sha256 }) => [path, sha256]),
      both.map(({ path }) => [path, known.get(path)]),
    );
    deepStrictEqual(ours.curves, theirs.curves);
    deepStrictEqual(ours.rollouts, theirs.rollouts);
    console.log(
      `${both.length} files, ${ours.curves.length} curves, ${ours.rollouts.length} steps of rollouts: equal`,
    );
  } finally {
    await Promise.all(agents.map((agent) => kill(agent)));
  }
});
rmSync(folder, { recursive: true, force: true });
