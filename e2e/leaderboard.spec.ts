import { expect, test } from './test';

test('the first paint is the table, without any script', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/leaderboard');
  const row = page.getByRole('row', { name: /Ocean-R1-7B-Instruct/ });
  await expect(row).toContainText('94.6');
  await expect(row).toContainText('+22.6');
  await context.close();
});

test('differences are taken to the base, and said to be, through every stage', async ({ page }) => {
  const cell = (stage: string) =>
    page
      .getByRole('row', { name: new RegExp(`Ocean-R1 Nano.*· ${stage} ·`) })
      .locator('td', { has: page.locator('a[data-benchmark="ocean-world"]') });
  // A site that has just begun scores Nano's runs first.
  await expect(async () => {
    await page.goto('/leaderboard?q=nano&show=ocean-world');
    for (const stage of ['stage 1', 'stage 2'])
      await expect(cell(stage).locator('.delta')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(page.getByText('in points to the base of each model')).toBeVisible();
  const figure = async (stage: string) => Number(await cell(stage).locator('.cell-value').textContent());
  for (const stage of ['stage 1', 'stage 2']) {
    const words = (await cell(stage).locator('.delta').textContent()) ?? '';
    expect(words).toMatch(/to its base Ocean-R1 Nano/);
    const delta = Number.parseFloat(words.replace('−', '-'));
    expect(Math.abs(delta - ((await figure(stage)) - (await figure('base'))))).toBeLessThan(0.11);
  }
});

test('a difference leads to the comparison behind it, and one that may be chance looks it', async ({
  page,
}) => {
  await page.goto('/leaderboard?q=Ocean-R1-7B');
  const row = page.getByRole('row', { name: /Ocean-R1-7B-Instruct/ });
  // MathVerse, 1.4 points on 3,940 samples: not to be told from nothing by the two figures.
  const chance = row.locator('.cell-delta', { hasText: 'which may be chance' });
  await expect(chance.locator('.delta-none')).toHaveText(/^\+1\.4/);
  await chance.click();
  await expect(page).toHaveURL(/\/compare\?checkpoints=.*&benchmark=math-verse/);
  await expect(page.locator('.compare-sentence').first()).toContainText(
    /cannot be told from .* 1\.4 points more/,
  );
});

test('the one figure of Nano is seen without scrolling @phone', async ({ page }) => {
  const figure = page.getByRole('row', { name: /Ocean-R1 Nano.*stage 2/ }).getByText('Ocean World only');
  // A site that has just begun scores Nano's runs first.
  await expect(async () => {
    await page.goto('/leaderboard?q=nano');
    await expect(figure).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(figure).toBeInViewport({ ratio: 1 });
});

test('models are called by the size in their names, with their parameters in the details', async ({
  page,
}) => {
  await page.goto('/leaderboard');
  await expect(page.getByRole('row', { name: /Ocean-R1-3B-Instruct/ })).toContainText('3B · stage 2');
  await expect(page.locator('main')).not.toContainText('3.75B');
  await page
    .getByRole('row', { name: /Ocean-R1-3B-Instruct/ })
    .locator('a[data-benchmark="geoqa"]')
    .click();
  await page.locator('.run-more > summary').click();
  await expect(page.getByText('3.75B, the vision encoder included')).toBeVisible();
});

test('sorting and searching stand in the address, and the address restores them', async ({ page }) => {
  await page.goto('/leaderboard');
  const models = () => page.locator('tr[data-checkpoint] th').allTextContents();
  await page.getByRole('button', { name: 'MathVision', exact: true }).click();
  await expect(page.locator('th[aria-sort="descending"]')).toContainText('MathVision');
  const sorted = await models();
  await page.getByLabel('Search models').fill('qwen');
  await expect(page.locator('tr[data-checkpoint] th')).toHaveCount(2);
  await expect(page).toHaveURL(/q=qwen/);
  const shared = page.url();

  await page.getByLabel('Search models').fill('');
  await expect(page.locator('tr[data-checkpoint] th')).toHaveCount(sorted.length);

  await page.goto(shared);
  await expect(page.locator('tr[data-checkpoint] th')).toHaveCount(2);
  await expect(page.locator('th[aria-sort="descending"]')).toContainText('MathVision');
});

test('what is shown can be had as CSV and JSON', async ({ page, request }) => {
  await page.goto('/leaderboard?q=ocean');
  const href = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
  const csv = await (await request.get(href ?? '')).text();
  expect(csv).toContain('Ocean-R1-3B-Instruct');
  expect(csv).not.toMatch(/^Qwen2.5-VL-3B-Instruct,/m);
  // Figures without the noise of binary fractions.
  expect(csv).not.toMatch(/\d\.\d{7}/);
  const json = await page.getByRole('link', { name: 'JSON' }).getAttribute('href');
  expect((await request.get(json ?? '')).headers()['content-type']).toContain('application/json');
});

test('a figure leads to where it was read, and a benchmark to its rule', async ({ page }) => {
  await page.goto('/leaderboard/cv-bench');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('CV-Bench');
  await expect(page.getByText('cv-bench/seed@1').first()).toBeVisible();
  await expect(page.getByText('2,638').first()).toBeVisible();
  await page
    .getByRole('link', { name: /Ocean-R1-7B-Instruct/ })
    .first()
    .click();
  await expect(page.getByText('There are no samples behind this figure')).toBeVisible();
});

test('a benchmark with several rules shows each with its version', async ({ page }) => {
  await page.goto('/leaderboard/geoqa');
  await expect(page.getByText('geoqa/seed@3').first()).toBeVisible();
  await expect(page.getByText('geoqa/strict@3').first()).toBeVisible();
  await page.goto('/leaderboard/math-vision');
  await expect(page.getByText('math-vision/vlmevalkit@66a76843.2').first()).toBeVisible();
  await expect(page.getByText(/not comparable with any published figure/).first()).toBeVisible();
});

test('an address that leads nowhere says so', async ({ page }) => {
  const response = await page.goto('/leaderboard/no-such-benchmark');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
