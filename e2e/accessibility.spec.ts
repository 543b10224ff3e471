import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

/** Every page in both colour schemes, by axe at WCAG 2.2 AA; none wider than its screen. */

const PAGES = [
  '/',
  '/?q=ocean',
  '/?q=nothing+is+called+so',
  '/leaderboard/cv-bench',
  '/leaderboard/geoqa',
  '/submit',
  '/no-such-page',
];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`${colorScheme} @phone`, () => {
    test.use({ colorScheme });

    for (const path of PAGES) {
      test(path, async ({ page }) => {
        await page.goto(path);
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
          .analyze();
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        ).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
          await page.evaluate(() => document.documentElement.clientWidth),
        );
      });
    }

    test('a run', async ({ page }) => {
      await page.goto('/leaderboard/cv-bench');
      await page
        .getByRole('link', { name: /Ocean-R1-7B-Instruct/ })
        .first()
        .click();
      await page.waitForURL(/\/runs\//);
      await page.getByRole('heading', { name: 'Samples' }).waitFor();
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
        .analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
        [],
      );
    });
  });
}
