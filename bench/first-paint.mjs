// First paint of the leaderboard: JavaScript transferred (gzip), largest contentful paint and layout shift, processor slowed four times.
import { chromium } from '@playwright/test';
import { scriptBytes } from './script-bytes.mjs';
import { serving } from './serving.mjs';

const RUNS = 5;

/**
 * One look at a page, by a new visitor, the processor slowed `rate` times. `watch` runs in the page before all else; `use` may do something with
 * it, and what it returns comes back as `used`.
 */
export async function visit(browser, address, use = async () => null, rate = 4, watch = () => {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const { session, kilobytes } = await scriptBytes(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
  await page.addInitScript(watch);
  await page.addInitScript(() => {
    window.figures = { lcp: 0, cls: 0 };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.figures.lcp = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.figures.cls += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(address, { waitUntil: 'networkidle' });
  await page.waitForTimeout(500);
  const figures = await page.evaluate(() => window.figures);
  const used = await use(page);
  await context.close();
  return { ...figures, kilobytes: kilobytes(), used };
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });

export async function firstPaint() {
  await serving(4196, async ({ address, startMs }) => {
    const browser = await launch();
    await visit(browser, address);
    const visits = [];
    for (let run = 0; run < RUNS; run++) visits.push(await visit(browser, address));
    await browser.close();
    const median = (key) => visits.map((each) => each[key]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
    console.log(`server, first start on a new folder     ${(startMs / 1000).toFixed(1)} s`);
    console.log(`leaderboard, JavaScript transferred     ${median('kilobytes').toFixed(0)} KB (gzip)`);
    console.log(
      `leaderboard, largest contentful paint   ${median('lcp').toFixed(0)} ms (median of ${RUNS}, 4x slower processor)`,
    );
    console.log(
      `leaderboard, cumulative layout shift    ${Math.max(...visits.map(({ cls }) => cls)).toFixed(4)}`,
    );
  });
}
