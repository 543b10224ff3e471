import { availableParallelism } from 'node:os';
import { defineConfig, devices } from '@playwright/test';
import { ADDRESS } from './e2e/world';

/** End-to-end tests drive the production build (`npm run build`), on data folders of their own. */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results',
  // Each with a site of its own (e2e/site.ts). A site and a browser take two cores.
  workers: Math.max(1, Math.floor(availableParallelism() / 2)),
  forbidOnly: true,
  timeout: 60_000,
  use: {
    baseURL: ADDRESS,
    trace: 'retain-on-failure',
    reducedMotion: 'reduce',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { ...devices['Desktop Chrome'], viewport: { width: 1440, height: 900 } } },
    { name: 'phone', use: { ...devices['Pixel 7'], viewport: { width: 375, height: 740 } }, grep: /@phone/ },
  ],
});
