// Trainings: a job of 100,000 steps with 20 metrics and a list of 1,000 jobs, told over the agents' doors; then what a page of them costs.
import { chromium } from '@playwright/test';
import { scriptBytes } from './script-bytes.mjs';
import { serving } from './serving.mjs';

const STEPS = Number(process.env.STEPS ?? 100_000);
const JOBS = 1_000;
const METRICS = Array.from({ length: 20 }, (_, n) => `group${n % 4}/metric_${n}`);
const RUNS = 5;

const spec = {
  kind: 'train',
  recipe: {
    toml: 'kind = "grpo"\nname = "bench"\nstage = 1\n[data]\nfiles = [{ path = "rows" }]\n[optimizer]\nlr = 1e-4\n',
    overrides: {},
  },
  start: { kind: 'path', path: 'models/none' },
  rows: [],
};
const MACHINE = { host: 'bench', system: '', cores: 1, memory: 1, diskFree: 1, cards: [], versions: {} };

/** What an agent sends. */
async function post(url, token, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

const valuesOf = (step) =>
  Object.fromEntries(
    METRICS.map((name, n) => [name, Number((Math.sin(step / 500 + n) + Math.random()).toFixed(4))]),
  );

/** A job at work with as many steps, and a way to tell more. */
async function longJob(address, call) {
  const { token } = await call('training.createAgent', { name: 'bench' });
  const [id] = await call('training.create', { name: 'A long one', public: true, chain: [spec] });
  const { job } = await post(`${address}/api/agent/lease`, token, { protocol: 1, machine: MACHINE });
  let seq = 0;
  const tell = (events) =>
    post(
      `${address}/api/agent/jobs/${id}/events`,
      token,
      {
        events: events.map((event) => ({
          seq: seq++,
          at: new Date(1.8e12 + 1_000 * seq).toISOString(),
          event,
        })),
      },
      { 'x-lease': job.lease },
    );
  const metrics = (step) => ({ type: 'metrics', step, values: valuesOf(step) });
  await tell([{ type: 'begin', step: 0, steps: 2 * STEPS }]);
  const began = performance.now();
  for (let first = 1; first <= STEPS; first += 1_000)
    await tell(Array.from({ length: Math.min(1_000, STEPS - first + 1) }, (_, n) => metrics(first + n)));
  const seconds = (performance.now() - began) / 1_000;
  console.log(`${STEPS} steps of ${METRICS.length} metrics taken        ${seconds.toFixed(0)} s`);
  return { id, tell: (step) => tell([metrics(step)]) };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** From the click on a link to where `ready` is seen, and the JavaScript that came. */
async function visit(browser, address, ready) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const { kilobytes } = await scriptBytes(page);
  const began = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(ready, undefined, { polling: 'raf', timeout: 60_000 });
  const ms = performance.now() - began;
  await page.waitForLoadState('networkidle');
  return { page, ms, kilobytes: kilobytes() };
}

/** The curves that are in sight are drawn; of the others their outlines are there. */
const IN_SIGHT_READY = () => {
  const boxes = [...document.querySelectorAll('.curve-box')];
  const inSight = boxes.filter((box) => box.getBoundingClientRect().top < window.innerHeight);
  return inSight.length > 0 && inSight.every((box) => box.dataset.ready === 'true');
};

export async function training() {
  await serving(4197, async ({ address, call }) => {
    const job = await longJob(address, call);
    for (let made = 0; made < JOBS; made += 20)
      await call('training.create', { name: `Job ${made}`, public: true, chain: new Array(20).fill(spec) });

    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    const all = `${address}/training/${job.id}?${METRICS.map((name) => `m=${encodeURIComponent(name)}`).join('&')}`;
    await (await visit(browser, all, IN_SIGHT_READY)).page.close();
    const visits = [];
    for (let run = 0; run < RUNS; run++) {
      const { page, ...figures } = await visit(browser, all, IN_SIGHT_READY);
      visits.push(figures);
      await page.close();
    }
    console.log(
      `its page, ${METRICS.length} curves, those in sight drawn ${median(visits.map(({ ms }) => ms)).toFixed(0)} ms (median of ${RUNS})`,
    );
    console.log(
      `its page, JavaScript transferred      ${median(visits.map(({ kilobytes }) => kilobytes)).toFixed(0)} KB (gzip)`,
    );

    const { page } = await visit(browser, all, IN_SIGHT_READY);
    // All that the page's thread does for one more step: tasks that begin after it is told, until the next.
    const session = await page.context().newCDPSession(page);
    // Of its own time, whatever else the machine is at.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
    };
    const updates = [];
    for (let step = STEPS + 1; step <= STEPS + 20; step++) {
      const before = await busy();
      await job.tell(step);
      await page.waitForFunction(
        (step) =>
          document.querySelector('.curve-box')?.getAttribute('aria-label')?.includes(`at step ${step};`),
        step,
        { polling: 100 },
      );
      updates.push((await busy()) - before);
    }
    console.log(
      `one more step in ${METRICS.length} curves             ${median(updates).toFixed(1)} ms of the page's thread (median of 20)`,
    );
    await page.close();

    const lists = [];
    for (let run = 0; run < RUNS; run++) {
      const { page, ms } = await visit(
        browser,
        `${address}/training`,
        () => document.querySelectorAll('tbody tr').length >= 100,
      );
      lists.push(ms);
      await page.close();
    }
    console.log(`the list, ${JOBS} jobs                  ${median(lists).toFixed(0)} ms (median of ${RUNS})`);
    await browser.close();
  });
}
