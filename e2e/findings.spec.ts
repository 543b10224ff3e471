import { readFileSync } from 'node:fs';
import type { RunReflection } from '@/server/evals/types';
import { expectAccessible } from './accessible';
import { expect, type Page, test } from './test';
import { ADDRESS, ROOT } from './world';

/** The findings: what they say is what the data says, with script and without, on every screen. */

const read = <T>(path: string): T => JSON.parse(readFileSync(`${ROOT}/${path}`, 'utf8'));
const words = read<{ quotes: readonly string[] }>('lib/findings/seed-words.json');
const { curves } = read<{
  curves: readonly { size: string; metric: string; points: readonly (readonly [number, number])[] }[];
}>('lib/findings/seed-curves.json');
const { labels } = read<{ labels: readonly { stratum: string; reflects: boolean }[] }>(
  'lib/findings/labels.json',
);
const { categories } = read<{
  categories: readonly { id: string; name: string; phrases: readonly string[] }[];
}>('trainer/ocean_r1/reflection.json');

const FINDINGS = ['aha', 'dynamics', 'length', 'transfer'] as const;

/** A site that has just begun scores Nano's runs first. */
async function openScored(page: Page, path: string): Promise<void> {
  await expect(async () => {
    await page.goto(path);
    await expect(page.getByText('No runs to look into yet')).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 60_000 });
}

const LINE = { runs: [], checkpoints: [], model: 'ocean-r1-nano', baseline: null };

async function ask<T>(page: Page, procedure: string, input: unknown): Promise<T> {
  const query = new URLSearchParams({ input: JSON.stringify({ json: input }) });
  const response = await page.request.get(`${ADDRESS}/api/trpc/${procedure}?${query}`);
  return (await response.json()).result.data.json;
}

interface Compared {
  sets: readonly {
    comparison: {
      all: { changes: readonly ({ difference: number; fixed: number; broken: number } | null)[] };
      groups: readonly {
        group: { tag: string; value: string } | null;
        changes: readonly ({ difference: number } | null)[];
      }[];
    } | null;
  }[];
  runs: readonly { id: string }[];
}

test.describe('@phone', () => {
  for (const path of ['', ...FINDINGS.map((id) => `/${id}`)])
    test(`/findings${path} can be read by all`, async ({ page }) => {
      await openScored(page, `/findings${path}`);
      await expectAccessible(page);
    });
});

test('each page has a title and a description of its own', async ({ page }) => {
  const seen = new Set<string>();
  for (const path of ['', ...FINDINGS.map((id) => `/${id}`)]) {
    await page.goto(`/findings${path}`);
    seen.add(await page.title());
    const description = await page.locator('meta[name="description"]').getAttribute('content');
    expect(description?.length).toBeGreaterThan(80);
    seen.add(description ?? '');
  }
  expect(seen.size).toBe(10);
});

test('without script the figures stand there, with their values', async ({ browser }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await openScored(page, '/findings/dynamics');
  const figure = page.locator('.figure', { hasText: 'Reflections on GeoQA' });
  await expect(figure.locator('path')).toHaveCount(2);
  await figure.getByText('Values').click();
  await expect(figure.getByRole('row', { name: '100 70 14' })).toBeVisible();
  await page.getByRole('link', { name: 'stage 2', exact: true }).click();
  await expect(page.locator('.figure', { hasText: 'Entropy' }).first()).toContainText('Digitised');
  await page.close();
});

test('without script a reader’s own list is counted too', async ({ browser }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await openScored(page, '/findings/aha');
  await page.getByLabel('Re-check').fill('that makes');
  await page.getByRole('button', { name: 'Count' }).click();
  await expect(page).toHaveURL(/re-check=that\+makes/);
  await expect(page.getByRole('row', { name: /^Stage 2/ })).not.toContainText('0.0 %');
  await page.locator('p', { hasText: 'Some of Stage 2' }).getByRole('link').first().click();
  await expect(page).toHaveURL(/\/runs\/.*sample=/);
  await page.close();
});

test('the list can be edited, counts follow, and the address has it', async ({ page }) => {
  await openScored(page, '/findings/aha');
  await expect(page.getByText(`${words.quotes.length} of ${words.quotes.length}`)).toBeVisible();
  for (const { name } of categories) await page.getByLabel(name, { exact: false }).first().fill('');
  await expect(page.getByText(`0 of ${words.quotes.length}`)).toBeVisible();
  await page.getByLabel('Re-check').fill('let us see\nre-evaluat*\n(a+)+');
  await expect(page.getByText('Passed over, as no phrases: (a+)+')).toBeVisible();
  const counted = words.quotes.filter((quote) => /re-evaluat/i.test(quote)).length;
  await expect(page.getByText(`${counted} of ${words.quotes.length}`, { exact: true })).toBeVisible();
  // Whoever is typing goes on where they are.
  await page.getByLabel('Re-check').press('ControlOrMeta+End');
  await page.getByLabel('Re-check').pressSequentially('\ncontradict*');
  await expect(page).toHaveURL(/contradict\*/);
  await expect(page.getByLabel('Re-check')).toBeFocused();
  await page.reload();
  await expect(page.getByLabel('Re-check')).toHaveValue('let us see\nre-evaluat*\ncontradict*');
  await page.getByRole('link', { name: 'The published list again' }).click();
  await expect(page.getByLabel('Re-check')).toHaveValue(/re-check\*/);
});

test('what the text says is what the data says', async ({ page }) => {
  const points =
    curves.find(({ size, metric }) => size === '3B' && metric === 'reasoning_behaviors')?.points ?? [];
  const highest = points.toSorted((a, b) => b[1] - a[1])[0] ?? [];
  const last = points.at(-1) ?? [];
  const found = labels.filter(({ stratum }) => stratum === 'found');
  await openScored(page, '/findings/aha');
  await expect(page.locator('main')).toContainText(
    `of 3B ${highest[1]} at step ${highest[0]}, then fewer, ${last[1]} at step ${last[0]}`,
  );
  await expect(page.locator('main')).toContainText(
    `${found.filter(({ reflects }) => reflects).length} of ${found.length} do`,
  );
  const compared = await ask<Compared>(page, 'runs.compare', LINE);
  const reflected = await ask<readonly RunReflection[]>(page, 'runs.reflection', {
    ids: compared.runs.map(({ id }) => id),
    phrases: Object.fromEntries(categories.map(({ id, phrases }) => [id, phrases])),
  });
  for (const [place, { reflecting, outputs }] of reflected.entries())
    await expect(page.locator('.counts tbody tr').nth(place)).toContainText(
      `${reflecting} of ${outputs.toLocaleString('en')}`,
    );

  await page.goto('/findings/transfer');
  const comparison = compared.sets.find((set) => set.comparison !== null)?.comparison;
  const whole = comparison?.all.changes[1];
  await expect(page.locator('main')).toContainText(`${whole?.fixed} fixed, ${whole?.broken} broken`);
  const rows = page.locator('.dot-rows').first().locator('li');
  for (const { group, changes } of comparison?.groups ?? [])
    if (group?.tag === 'task') {
      const difference = Math.abs(changes[1]?.difference ?? 0).toFixed(1);
      await expect(rows.filter({ hasText: group.value })).toContainText(difference);
    }
});

test('a figure is read along by the arrow keys and under the pointer', async ({ page }) => {
  await page.goto('/findings/aha');
  const slider = page.getByRole('slider', { name: /Reflections on GeoQA/ });
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.read-along output')).toHaveText('step 100: 3B 70, 7B 14');
  await slider.hover({ position: { x: 1, y: 40 } });
  await expect(page.locator('.read-along output')).toHaveText('step 50: 3B 25, 7B 22');
});

test('the front page has them in four short pieces', async ({ page }) => {
  await page.goto('/');
  const pieces = page.locator('.pieces > article');
  await expect(pieces).toHaveCount(4);
  await expect(pieces.locator('figure')).toHaveCount(4);
  await pieces.getByRole('link', { name: 'Transfer' }).click();
  await expect(page).toHaveURL(/\/findings\/transfer$/);
});

test('at twice the size and on paper nothing is lost', async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await openScored(page, '/findings/aha');
  await expectAccessible(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.figure').first()).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Findings' })).toBeHidden();
});
