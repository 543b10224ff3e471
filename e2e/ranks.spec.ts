import { expectAccessible } from './accessible';
import { mutate, scoredRun } from './by-api';
import { type APIRequestContext, expect, test } from './test';
import { contestPredictions } from './world';

/** What a rank is among, and which figures have none. */

const contest = { benchmark: 'math-vision', split: 'test' };

/** Gives the run, published. */
async function publish(request: APIRequestContext, name: string, text: string): Promise<string> {
  const runId = await scoredRun(request, { ...contest, name, text });
  await mutate(request, 'submissions.publish', { runId });
  return runId;
}

test('a figure with samples that wait for a judge says so in its cell, and has no rank', async ({
  page,
  request,
}) => {
  await publish(request, 'Unjudged 2B', contestPredictions(280, 1921));
  await publish(request, 'Whole 2B', contestPredictions(200, 0));

  await page.goto(
    '/leaderboard?sort=-math-vision&average=math-vision&show=average&show=average-rank&show=math-vision',
  );
  const cell = (name: string) => page.getByRole('row', { name }).locator('a[data-benchmark="math-vision"]');
  await expect(cell('Unjudged 2B')).toContainText('9.2');
  await expect(cell('Unjudged 2B')).toContainText('63 % unjudged');
  await expect(cell('Unjudged 2B').locator('.cell-rank')).toHaveText('–');
  await expect(cell('Whole 2B').locator('.cell-rank')).toHaveText(/^\d+=?$/);
  // It is higher than the whole one, and stands behind it and the reported ones; it counts in no average.
  const names = await page.locator('tr[data-checkpoint] .board-name').allTextContents();
  const figures = names.filter((_, index) => index <= names.indexOf('Unjudged 2B'));
  expect(figures).toContain('Whole 2B');
  expect(figures).toContain('Ocean-R1-7B-Instruct');
  await expect(page.getByRole('row', { name: 'Unjudged 2B' }).getByText('no figure')).toHaveCount(2);

  // Reported and recomputed are ranked apart, and the page says so.
  await expect(cell('Ocean-R1-7B-Instruct').locator('.cell-rank')).toHaveText(/^1=? rep\.$/);
  await page.getByRole('button', { name: 'How to read the table' }).click();
  await expect(page.getByText('Reported and recomputed figures are ranked apart')).toBeVisible();
  await expectAccessible(page);

  await page.goto('/leaderboard/math-vision');
  const rows = await page.locator('.data-table').first().locator('tbody th').allTextContents();
  expect(rows.at(-1)).toContain('Unjudged 2B');
});

test('by touch, what is unjudged is read in the table itself @phone', async ({ page, request }) => {
  await publish(request, 'Unjudged 2B', contestPredictions(280, 1921));
  await page.goto('/leaderboard?show=math-vision&q=unjudged');
  await expect(page.getByRole('table').getByText('63 % unjudged')).toBeInViewport();
});
