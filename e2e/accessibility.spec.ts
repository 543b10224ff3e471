import { test } from '@playwright/test';
import { expectAccessible } from './accessible';

/** Every page that stands still; what a submission passes through is looked at on its way, in submission.spec.ts. */

const PAGES = [
  '/',
  '/?q=ocean',
  '/?q=nothing+is+called+so',
  '/leaderboard/cv-bench',
  '/leaderboard/geoqa',
  '/submit',
  '/no-such-page',
];

test.describe('@phone', () => {
  for (const path of PAGES) {
    test(path, async ({ page }) => {
      await page.goto(path);
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
