import { test as base } from '@playwright/test';
import { startSite } from './site';
import { ADDRESS } from './world';

export * from '@playwright/test';

/** A test in front of a site of its process's own: specs share it, each with data of its own. */
export const test = base.extend<object, { site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
    async ({}, use) => {
      const end = await startSite();
      await use(ADDRESS);
      await end();
    },
    { scope: 'worker', auto: true, timeout: 240_000 },
  ],
});
