import { expectAccessible } from './accessible';
import { test } from './test';

/** Every page that stands still; what a submission passes through is looked at on its way, in submission.spec.ts. */

const PAGES = [
  '/',
  '/leaderboard?q=ocean',
  '/leaderboard?q=nothing+is+called+so',
  '/leaderboard/cv-bench',
  '/leaderboard/geoqa',
  '/submit',
  '/no-such-page',
];

/** Ocean World, a task of each look, with the answer shown. */
const WORLD = ['counting', 'relation', 'referring', 'geometry', 'chart', 'table', 'text'];

test.describe('@phone', () => {
  for (const path of PAGES) {
    test(path, async ({ page }) => {
      await page.goto(path);
      await expectAccessible(page);
    });
  }

  for (const task of WORLD) {
    test(`/world?task=${task}`, async ({ page }) => {
      await page.goto(`/world?task=${task}`);
      await page.getByRole('button', { name: 'Show the answer' }).click();
      await page.getByText('Question and scene as JSON').click();
      await expectAccessible(page);
    });
  }

  test('a reported run', async ({ page }) => {
    await page.goto('/leaderboard/cv-bench');
    await page
      .getByRole('link', { name: /Ocean-R1-7B-Instruct/ })
      .first()
      .click();
    await page.waitForURL(/\/runs\//);
    await page.getByRole('heading', { name: 'Samples' }).waitFor();
    await expectAccessible(page);
  });
});
