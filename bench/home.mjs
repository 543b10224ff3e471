// The front page to a new visitor: first paint with the processor slowed four times, and how soon its two models have answered.
import { loadavg } from 'node:os';
import { launch, visit } from './first-paint.mjs';
import { scriptBytes } from './script-bytes.mjs';
import { serving } from './serving.mjs';

const RUNS = 9;
const ANSWERED = 'Answered in your browser';

/** In the page: notes when both answers stand there, in ms from the first of the navigation. Whoever looks from outside looks too late. */
const noteAnswers = () => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.live-origin')?.textContent.startsWith('Answered in your browser')) return;
    window.answeredAt = performance.now();
    observer.disconnect();
  }).observe(document, { subtree: true, childList: true, characterData: true });
};

/** Milliseconds from the first of the navigation to both answers, and what the page says it took. */
const answered = async (page) => {
  const said = page.locator('.live-origin', { hasText: ANSWERED });
  await said.waitFor({ timeout: 120_000 });
  const shown = await page.evaluate(() => window.answeredAt);
  return { shown, said: 1_000 * Number((await said.textContent()).match(/in ([\d.]+) s/)[1]) };
};

/** A look at the page with little motion: then nothing is fetched for the models. */
const still = async (browser, address) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const { kilobytes } = await scriptBytes(page);
  await page.goto(address, { waitUntil: 'networkidle' });
  await context.close();
  return kilobytes();
};

/** After its start a server makes its benchmarks ready, which is no visitor's business. */
async function idle(cpuSeconds) {
  for (let before = cpuSeconds(), spent = 1; spent > 0.1; ) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    spent = cpuSeconds() - before;
    before += spent;
  }
}

export async function home() {
  await serving(4198, async ({ address, cpuSeconds }) => {
    await idle(cpuSeconds);
    const browser = await launch();
    await visit(browser, address, answered, 1);
    console.log(
      `home, JavaScript before the demo starts  ${(await still(browser, address)).toFixed(0)} KB (gzip)`,
    );
    for (const [rate, runs] of [
      [1, RUNS],
      [4, 3],
    ]) {
      const visits = [];
      for (let run = 0; run < runs; run++)
        visits.push(await visit(browser, address, answered, rate, noteAnswers));
      const median = (of) => visits.map(of).sort((a, b) => a - b)[Math.floor(runs / 2)];
      const seconds = (of) => `${(median(of) / 1_000).toFixed(2)} s`;
      console.log(
        `home, processor slowed ${rate} times: largest paint ${median(({ lcp }) => lcp).toFixed(0)} ms, layout shift ${Math.max(...visits.map(({ cls }) => cls)).toFixed(4)}, answered after ${seconds(({ used }) => used.said)} (${seconds(({ used }) => used.shown)} from the first of the visit), median of ${runs}, load ${loadavg()[0].toFixed(1)}`,
      );
    }
    await browser.close();
  });
}
