import type { Task } from '../lib/world/question';
import { seedIn } from '../lib/world/scene';
import { ask } from '../lib/world/world';
import { expectAccessible } from './accessible';
import { devices, expect, type Page, test } from './test';

/** Ocean World's page: roll, restore, point, answer. What is right is asked of the library, seed by seed. */

const SIZE = 448;
const path = (task: Task, n = 0) => `/world?task=${task}&seed=${seedIn('test', n)}`;
const facts = (page: Page) => page.getByText('What is known of the scene');
const known = (task: Task, n = 0) => ask(task, seedIn('test', n), SIZE);

const question = (page: Page) => page.locator('.world-question-text');
const said = (page: Page) => page.locator('.world-checked');
const check = (page: Page) => page.getByRole('button', { name: 'Check' }).click();

/** Where a place of the picture, in its pixels, is on the screen. */
async function onScreen(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const picture = page.getByRole('img');
  await picture.scrollIntoViewIfNeeded();
  const frame = await picture.boundingBox();
  if (frame === null) throw new Error('the picture is not on the screen');
  return { x: frame.x + (x / SIZE) * frame.width, y: frame.y + (y / SIZE) * frame.height };
}

async function boxShown(page: Page, look: 'object' | 'answer' | 'gold'): Promise<number[]> {
  const rect = page.locator(`rect.box-${look}`);
  const [x = 0, y = 0, width = 0, height = 0] = await Promise.all(
    ['x', 'y', 'width', 'height'].map(async (name) => Number(await rect.getAttribute(name))),
  );
  return [x, y, x + width, y + height];
}

test('a rolled scene stands in the address, which restores it; back and forward lead through the rolls', async ({
  page,
}) => {
  await page.goto('/world');
  await expect(question(page)).toHaveText(known('counting').question.text);
  await page.getByRole('button', { name: 'Roll a scene' }).click();
  await expect(page).toHaveURL(/task=counting&split=test&seed=\d+/);
  const rolled = page.url();
  const seed = Number(new URL(rolled).searchParams.get('seed'));
  const first = ask('counting', seed, SIZE).question.text;
  await expect(question(page)).toHaveText(first);

  await expect(page.getByRole('button', { name: 'Roll a scene' })).toBeFocused();

  await page.getByRole('link', { name: 'geometry' }).click();
  const second = ask('geometry', seed, SIZE).question.text;
  await expect(question(page)).toHaveText(second);
  await page.goBack();
  await expect(question(page)).toHaveText(first);
  await page.goForward();
  await expect(question(page)).toHaveText(second);

  await page.goto(rolled);
  await expect(question(page)).toHaveText(first);
});

test('a split and a seed are chosen, and a small picture leads to its scene', async ({ page }) => {
  await page.goto(path('text', 5));
  await page.getByRole('link', { name: 'val', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`split=val&seed=${seedIn('val', 5)}`));
  await page.getByLabel('Seed').fill('12');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(question(page)).toHaveText(ask('text', 12, SIZE).question.text);
  await page.getByRole('link', { name: 'No. 2', exact: true }).click();
  await expect(page).toHaveURL(/seed=2$/);
  await expect(question(page)).toHaveText(ask('text', 2, SIZE).question.text);
});

test('an object of the list has its box on the picture, by keyboard', async ({ page }) => {
  await page.goto(path('counting'));
  // The list would tell the answer, so it is folded beside the question.
  await expect(page.locator('.world-parts')).toBeHidden();
  await expect(page.getByText(/^\d+ objects in the scene$/)).toBeHidden();
  await facts(page).click();
  const object = page.locator('.world-parts button').nth(1);
  await object.focus();
  const box = (await boxShown(page, 'object')).join(', ');
  await expect(object).toContainText(`box [${box}]`);
  await page.keyboard.press('Tab');
  await expect(page.locator('.world-parts button').nth(2)).toHaveAttribute('data-active', 'true');
});

test('what is pointed at in the picture is named beside it', async ({ page }) => {
  await page.goto(path('chart'));
  await facts(page).click();
  const bar = page.locator('.world-parts button').first();
  const text = await bar.textContent();
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] =
    /\[(.*)\]/
      .exec(text ?? '')?.[1]
      ?.split(',')
      .map(Number) ?? [];
  const { x, y } = await onScreen(page, (x1 + x2) / 2, (y1 + y2) / 2);
  await page.mouse.move(x, y);
  await expect(bar).toHaveAttribute('data-active', 'true');
  expect(await boxShown(page, 'object')).toEqual([x1, y1, x2, y2]);
});

test('an answer in words is held against the accepted forms', async ({ page }) => {
  const { answer, steps } = known('counting').question;
  if (answer.kind !== 'words') throw new Error('a count is a word');
  await page.goto(path('counting'));
  await page.getByLabel('Your answer').fill('999');
  await check(page);
  await expect(said(page)).toContainText('not right');
  await page.getByLabel('Your answer').fill(` ${answer.forms.at(-1)?.toUpperCase()} `);
  await check(page);
  await expect(said(page)).toContainText('That is right');
  const step = page.getByRole('listitem').filter({ hasText: steps[0] ?? '' });
  await expect(step).toHaveCount(0);
  await page.getByRole('button', { name: 'Show the answer' }).click();
  await expect(step).toBeVisible();
  await expect(page.locator('.world-parts')).toBeVisible();
});

test('a choice is checked', async ({ page }) => {
  const { answer, options } = known('relation').question;
  if (answer.kind !== 'words' || options === null) throw new Error('a relation is a choice');
  await page.goto(path('relation'));
  for (const [index, option] of options.entries()) {
    await page.getByRole('radio', { name: `(${'ABCDEF'[index]}) ${option}` }).check();
    await check(page);
    const right = answer.forms[0] === `(${'ABCDEF'[index]})`;
    await expect(said(page)).toContainText(right ? 'That is right' : 'not right');
  }
});

test('a box is dragged, or clicked at two corners, or typed, and its IoU is told', async ({ page }) => {
  const { answer } = known('referring').question;
  if (answer.kind !== 'box') throw new Error('what is referred to has a box');
  const [x1, y1, x2, y2] = answer.box;
  await page.goto(path('referring'));
  await question(page).waitFor();
  const from = await onScreen(page, x1 + 0.5, y1 + 0.5);
  const upTo = await onScreen(page, x2 - 0.5, y2 - 0.5);

  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(upTo.x, upTo.y, { steps: 4 });
  await page.mouse.up();
  await check(page);
  await expect(said(page)).toContainText(/IoU (1\.00|0\.9\d): right/);

  await page.mouse.click(from.x, from.y);
  await page.mouse.click(upTo.x, upTo.y);
  const dragged = await boxShown(page, 'answer');
  expect(Math.max(...answer.box.map((edge, at) => Math.abs(edge - (dragged[at] ?? 0))))).toBeLessThanOrEqual(
    1,
  );

  for (const [at, edge] of ['x1', 'y1', 'x2', 'y2'].entries())
    await page.getByLabel(edge, { exact: true }).fill(String([1, 1, 9, 9][at]));
  await check(page);
  await expect(said(page)).toContainText('IoU 0.00: not right');
  await page.getByRole('button', { name: 'Show the answer' }).click();
  expect(await boxShown(page, 'gold')).toEqual([...answer.box]);
});

for (const [query, sentence] of [
  ['task=cooking', 'There is no task “cooking”'],
  ['seed=abc', 'A seed is a whole number'],
  ['split=val&seed=7', 'The seed 7 belongs to the split train'],
]) {
  test(`an address that names no scene says so: ${query}`, async ({ page }) => {
    await page.goto(`/world?${query}`);
    await expect(page.getByRole('alert').filter({ hasText: sentence ?? '' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Open the first scene' }).click();
    await expect(question(page)).toHaveText(known('counting').question.text);
  });
}

test('nothing moves when the picture arrives', async ({ page }) => {
  await page.addInitScript(() => {
    Object.assign(window, { shifted: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
        Object.assign(window, { shifted: Reflect.get(window, 'shifted') + entry.value });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto('/world');
  await question(page).waitFor();
  await expect(page.locator('.world-small canvas')).toHaveCount(12, { timeout: 30_000 });
  expect(await page.evaluate(() => Reflect.get(window, 'shifted'))).toBeLessThan(0.02);
});

test('on a phone a box is tapped at two corners, on a picture as sharp as the screen', async ({
  browser,
}) => {
  const { answer } = known('referring').question;
  if (answer.kind !== 'box') throw new Error('what is referred to has a box');
  const [x1, y1, x2, y2] = answer.box;
  const phone = await browser.newContext({ ...devices['Pixel 7'], viewport: { width: 375, height: 740 } });
  const page = await phone.newPage();
  await page.goto(path('referring'));
  await expect(page.getByRole('img')).toHaveAttribute('width', '896', { timeout: 30_000 });
  for (const [x, y] of [
    [x1 + 0.5, y1 + 0.5],
    [x2 - 0.5, y2 - 0.5],
  ] as const) {
    const corner = await onScreen(page, x, y);
    await page.touchscreen.tap(corner.x, corner.y);
  }
  await check(page);
  await expect(said(page)).toContainText(/IoU (1\.00|0\.[89]\d): right/);
  await expectAccessible(page);
  await phone.close();
});
