import { sceneQuestions } from '../lib/chat/scene-questions';
import { TASKS } from '../lib/world/question';
import { ask } from '../lib/world/world';
import { expectAccessible } from './accessible';
import { expect, type Page, test } from './test';

/** Nano's three stages, whose predictions lie in the repository, compared: from the board to a broken sample and into the chat. */

const NANO = '/compare?model=ocean-r1-nano';

/** They are scored by the server as it starts. */
async function scored(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto(NANO);
    await expect(page.getByRole('heading', { name: 'The answer, on Ocean World' })).toBeVisible();
  }).toPass({ timeout: 90_000 });
}

const runs = (page: Page) => page.getByRole('region', { name: /^Runs/ });
const options = (page: Page) => page.getByRole('listbox', { name: 'Samples' }).getByRole('option');
const opened = (page: Page) => page.getByRole('region', { name: 'The open sample' });
/** A row says it for each run, then its place. */
const kindOf = (page: Page, nth: number) => options(page).nth(nth).locator('.row-marks .sr-only');

test.beforeEach(async ({ page }) => {
  test.setTimeout(150_000);
  await scored(page);
});

test('from the board to a broken sample, and into the chat with its scene', async ({ page }) => {
  await expect(async () => {
    await page.goto('/leaderboard?q=nano');
    await expect(page.locator('tr[data-checkpoint]')).toHaveCount(3);
  }).toPass();
  await page.getByRole('checkbox', { name: /Ocean-R1 Nano.*base/ }).check();
  await page.getByRole('checkbox', { name: /Ocean-R1 Nano.*stage 2/ }).check();
  await page.getByRole('link', { name: 'Compare 2 ticked' }).click();
  await expect(page.locator('.compare-sentence').first()).toHaveText(
    /^Stage 2 answers \d+\.\d points more than Base \(.* p < 0\.001\); \d+ fixed, \d+ broken\.$/,
  );

  const broken = runs(page).getByRole('link', { name: /broken by Stage 2$/ });
  const count = Number((await broken.textContent())?.replace(',', ''));
  expect(count).toBeGreaterThan(0);
  await broken.click();
  await expect(page).toHaveURL(/right=10/);
  await expect(page.getByRole('status').filter({ hasText: 'samples' })).toHaveText(
    `${count} of 2,000 samples`,
  );
  await expect(kindOf(page, 0)).toHaveText('Correct by Base, Wrong by Stage 2: ');

  await options(page).first().click();
  await expect(page).toHaveURL(/sample=/);
  const id = new URL(page.url()).searchParams.get('sample') ?? '';
  await expect(opened(page).getByRole('heading', { name: id })).toBeVisible();
  const link = opened(page).getByRole('link', { name: 'Open in the chat' });
  const scene = new URL((await link.getAttribute('href')) ?? '', page.url()).searchParams;
  const task = TASKS.find((each) => each === scene.get('task'));
  if (task === undefined) throw new Error(`${scene} names no task`);
  expect(id.startsWith(task)).toBe(true);
  await link.click();
  await expect(page).toHaveURL(/\/chat\?task=/);
  const { asked } = sceneQuestions(ask(task, Number(scene.get('seed')), 224), 224);
  await expect(page.getByText(asked.question.split('\n')[0] ?? '').first()).toBeVisible({ timeout: 30_000 });
});

test('every view is restored from its address: baseline, filter, order, open sample', async ({ page }) => {
  await page
    .getByRole('navigation', { name: 'Baseline' })
    .getByRole('link', { name: /Stage 1/ })
    .click();
  await expect(page).toHaveURL(/baseline=/);
  await expect(page.locator('.compare-sentence').first()).toContainText('fewer than Stage 1');
  await page.getByLabel('What became of them').selectOption({ label: 'Lost: A right, B wrong, C wrong' });
  await page.getByLabel('Tag', { exact: true }).selectOption('task:text');
  await page.getByLabel('Order').selectOption('data');
  await page.getByLabel('What became of them').selectOption('');
  await expect(options(page).first()).toBeVisible();
  await options(page).nth(2).click();
  await expect(page).toHaveURL(/baseline=.*tag=task:?(%3A)?text.*order=data.*sample=text-/);
  const url = page.url();
  const heading = `Sample ${new URL(url).searchParams.get('sample')}`;
  const sentence = await page.locator('.compare-sentence').first().textContent();

  await page.goto('/leaderboard');
  await page.goto(url);
  await expect(opened(page).getByRole('heading', { level: 3 })).toHaveText(heading);
  await expect(page.locator('.compare-sentence').first()).toHaveText(sentence ?? '');
  await expect(page.getByLabel('Order')).toHaveValue('data');
  await expect(page.getByLabel('Tag', { exact: true })).toHaveValue('task:text');
  await expect(options(page).nth(2)).toHaveAttribute('aria-selected', 'true');
});

test('a sample far down the list is seen in the list, and after a filter the list begins at its top', async ({
  page,
}) => {
  await page.goto(`${NANO}&order=data&sample=relation-001992`);
  const selected = page.getByRole('listbox', { name: 'Samples' }).locator('[aria-selected="true"]');
  await page.locator('#samples').evaluate((samples) => samples.scrollIntoView());
  await expect(selected).toBeInViewport({ ratio: 1 });
  await page.goto(`${NANO}&order=data`);
  await page.getByRole('listbox', { name: 'Samples' }).evaluate((list) => list.scrollTo(0, 60_000));
  await expect(options(page).first().locator('.row-marks')).toBeVisible();
  await page.getByLabel('Tag', { exact: true }).selectOption('task:text');
  await expect(options(page).first()).toHaveAttribute('aria-posinset', '1');
});

test('a text is searched for among what is listed, and a link leads to the open sample for whoever has it', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${NANO}&right=101`);
  const status = page.getByRole('status').filter({ hasText: 'samples' });
  const before = Number.parseInt((await status.textContent()) ?? '', 10);
  await page.getByRole('searchbox', { name: 'Text in question, output or answer' }).fill('CYLINDER');
  await expect(page).toHaveURL(/right=101.*text=CYLINDER/);
  await expect(status).toHaveText(/^\d+ of 2,000 samples$/);
  await expect.poll(async () => Number.parseInt((await status.textContent()) ?? '', 10)).toBeLessThan(before);
  await options(page).first().click();
  await expect(
    opened(page)
      .getByText(/cylinder/i)
      .first(),
  ).toBeVisible();
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue('CYLINDER');

  const heading = await opened(page).getByRole('heading', { level: 3 }).textContent();
  await opened(page).getByRole('button', { name: 'Copy link' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).not.toContain('text=');
  await page.goto(link);
  await expect(opened(page).getByRole('heading', { level: 3 })).toHaveText(heading ?? '');
  await expect(status).toHaveText('2,000 samples');
});

test('a band of the flow lists its samples, by keyboard, and the way back restores the view before', async ({
  page,
}) => {
  const band = page.getByRole('link', { name: /fixed from Base to Stage 1$/ });
  const count = /^[\d,]+/.exec((await band.getAttribute('aria-label')) ?? '')?.[0];
  await band.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/right=01x/);
  const status = page.getByRole('status').filter({ hasText: 'samples' });
  await expect(status).toHaveText(`${count} of 2,000 samples`);
  await expect(page.locator('#samples')).toBeFocused();
  await page.goBack();
  await expect(status).toHaveText('2,000 samples');
});

test('outputs are read side by side: keys walk the list, thinking folds together, what differs is marked', async ({
  page,
}) => {
  await page.goto(`${NANO}&right=101`);
  await options(page).first().focus();
  await page.keyboard.press('j');
  await expect(options(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(opened(page).locator('.output-column')).toHaveCount(3);
  await expect(opened(page).locator('.mark-differs').first()).toBeAttached();
  await expect(
    opened(page)
      .getByText(/^parts from A in sentence \d+$/)
      .first(),
  ).toBeVisible();
  // One is scrolled, and the others go with it.
  const columns = opened(page).locator('.output-scroll');
  await columns.evaluateAll((all) => {
    for (const each of all) if (each instanceof HTMLElement) each.style.maxHeight = '2.5rem';
  });
  await columns.first().hover();
  await page.mouse.wheel(0, 400);
  await expect.poll(() => columns.last().evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0);
  const open = opened(page).locator('details.thinking[open]');
  expect(await open.count()).toBeGreaterThan(0);
  await opened(page).getByLabel('Thinking open').uncheck();
  await expect(open).toHaveCount(0);
  await opened(page).getByLabel('Mark what differs').uncheck();
  await expect(opened(page).locator('.mark-differs')).toHaveCount(0);
});

test('how the runs answer is looked into once it is opened', async ({ page }) => {
  const part = page.locator('details', { hasText: 'How they answer' });
  // A click into the first drawing of a page can miss what moves under it: it is made again, as a person does.
  await expect(async () => {
    if ((await part.getAttribute('open')) === null) await page.getByText('How they answer').click();
    await expect(part).toHaveAttribute('open', '', { timeout: 1_000 });
  }).toPass();
  const table = page.getByRole('region', { name: /^How the runs answer/ });
  await expect(table.getByRole('row')).toHaveCount(12, { timeout: 30_000 });
  await expect(table.getByRole('row').nth(1)).toContainText('2,000');
});

test('the comparison can be had as Markdown, CSV and JSON', async ({ page, request }) => {
  const file = async (name: string) => {
    const href = await page.getByRole('link', { name, exact: true }).getAttribute('href');
    return (await request.get(href ?? '')).text();
  };
  const sentence = (await page.locator('.compare-sentence').first().textContent()) ?? '';
  expect(await file('Markdown')).toContain(sentence.replaceAll('<', '\\<').replace('\\< ', '< '));
  expect(await file('Markdown')).toContain("Tango's score interval");
  expect(await file('CSV')).toMatch(/^benchmark,split,scorer,tag,value,baseline,run,samples/);
  expect(JSON.parse(await file('JSON')).sets[0].sentences[0]).toBe(sentence);
});

test('what cannot be compared is said, and the rest is compared', async ({ page }) => {
  const hrefs = await runs(page).getByRole('rowheader').getByRole('link').all();
  const [base, first] = await Promise.all(
    hrefs.map(async (link) => (await link.getAttribute('href'))?.replace('/runs/', '') ?? ''),
  );
  await page.goto(`/compare?runs=${base},${first},${base},no-such-run`);
  const leftOut = page.getByRole('list', { name: 'Not compared' });
  await expect(leftOut).toContainText('Base is the same run as Base.');
  await expect(leftOut).toContainText('There is no run “no-such-run” here that you may see.');
  await expect(page.locator('.compare-sentence')).toHaveCount(1);

  await page.goto('/compare?runs=no-such-run');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing can be compared');
});

test('reported figures are compared as such, and what could be seen is said', async ({ page }) => {
  await page.goto('/compare?model=ocean-r1-7b-instruct&benchmark=math-verse');
  await expect(page.locator('.compare-sentence').first()).toContainText(
    /cannot be told from .* points more .* not sample by sample.* a difference of \d\.\d points could be seen/,
  );
  await expect(page.getByRole('navigation', { name: 'Baseline' }).getByRole('link')).toHaveCount(2);
  await expect(page.getByRole('region', { name: /^All benchmarks/ })).toContainText('unpaired');
});

test.describe('@phone', () => {
  for (const path of [NANO, `${NANO}&right=10x`, '/compare', '/compare?model=ocean-r1-7b-instruct']) {
    test(`nothing stands in the way of anybody: ${path}`, async ({ page }) => {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expectAccessible(page);
    });
  }

  test('nor in an open sample', async ({ page }) => {
    await page.goto(`${NANO}&right=101&sample=`);
    await options(page).first().click();
    await expect(opened(page).locator('.output-column')).toHaveCount(3);
    await expectAccessible(page);
  });
});
