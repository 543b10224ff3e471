// `node bench/training-chain.mjs`: the whole way on the built product with the trainer's own agent, from the click that queues toy-stage1 as
// it is in the repository: trained, exported, evaluated on 200 questions, published, answered in the chat. On the way: how long after
// its step a metric is on the page.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ask, kill, median, startAgent } from './agents.mjs';
import { serving, TOKEN } from './serving.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ocean-chain-'));
const LONG = { timeout: 600_000 };

await serving(4308, async ({ address, call }) => {
  const { token } = await call('training.createAgent', { name: 'this machine' });
  const env = { OMP_NUM_THREADS: '', OCEAN_DATA_DIR: join(folder, 'data') };
  const agent = startAgent(address, token, join(folder, 'work'), { env });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({ baseURL: address });
    await page.goto('/submit');
    await page.getByLabel('Write token').fill(TOKEN);
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByText('This browser may submit, publish and discard.').waitFor();
    await page.goto('/training/new?recipe=toy-stage1');
    await page.getByLabel(/^Export for browsers/).check();
    await page.getByLabel(/^Ocean World.*val/).check();

    const began = performance.now();
    const say = (what) =>
      console.log(
        `${what.padEnd(40)}${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s (load ${loadavg()[0].toFixed(1)})`,
      );
    await page.getByRole('button', { name: 'Queue the run' }).click();
    await page.waitForURL(/training\/[0-9a-f-]{36}/);
    const id = page.url().replace(/.*\//, '');
    // When each step is in the words that a curve is read out by.
    await page.evaluate(() => {
      window.seen = {};
      new MutationObserver(() => {
        const words = document.querySelector('.curve-box')?.getAttribute('aria-label') ?? '';
        const step = words.match(/at step (\d+);/)?.[1];
        if (step !== undefined) window.seen[step] ??= Date.now();
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    const succeeded = () => page.getByRole('status').filter({ hasText: 'Succeeded' }).first().waitFor(LONG);
    await succeeded();
    say('trained');
    const seen = await page.evaluate(() => window.seen);
    const name = 'critic/score/mean';
    const { [name]: curve } = await ask(address, TOKEN, 'curves', { id, names: [name] });
    const late = curve.steps.flatMap((step, n) => (step in seen ? seen[step] - curve.at[n] : []));
    const { chain } = await ask(address, TOKEN, 'page', { id });
    for (const { id, kind } of chain.slice(1)) {
      await page.goto(`/training/${id}`);
      await succeeded();
      say(kind === 'eval' ? 'evaluated on 200 questions' : 'exported');
    }
    await page.goto(`/training/${id}`);
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('button', { name: 'Unpublish' }).waitFor();
    say('published');
    await page.goto('/chat');
    await page.getByRole('button', { name: /change$/ }).click();
    await page.getByRole('button', { name: 'Only toy-stage1' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByLabel('Your question').fill('How many objects are there?');
    await page.getByLabel('Your question').press('Enter');
    await page
      .getByRole('article')
      .getByText(/\d tokens · /)
      .waitFor(LONG);
    say('answered in the chat');
    console.log(
      `a metric is on the page ${median(late)} ms after its step (median of ${late.length}: ${late.join(', ')})`,
    );
  } finally {
    await browser.close();
    await kill(agent);
  }
});
rmSync(folder, { recursive: true, force: true });
