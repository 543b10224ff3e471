// A first visit to the chat, up to the first answer of all its columns: what JavaScript comes (gzip), and how much model.
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { serving } from './serving.mjs';

/** What a file is part of; what is none of these is no code and no model. */
const PARTS = {
  runtime: /^\/vlm\/ort.*js$/,
  engine: /^\/vlm\/.*\.js$/,
  page: /^\/_next\/.*\.js$/,
  model: /^\/models\//,
};

export async function firstAnswer() {
  await serving(4198, async ({ address }) => {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    const page = await browser.newPage();
    const sizes = { runtime: new Map(), engine: new Map(), page: new Map(), model: new Map() };
    const reading = [];
    // Of workers as well, which the page's own session does not see.
    page.context().on('response', (response) => {
      const { pathname } = new URL(response.url());
      const part = Object.keys(PARTS).find((name) => PARTS[name].test(pathname));
      if (part === undefined) return;
      const size = (body) => (part === 'model' ? body.length : gzipSync(body).length);
      reading.push(response.body().then((body) => sizes[part].set(pathname, size(body))));
    });
    await page.goto(`${address}/chat`);
    await page.getByRole('button', { name: 'Ask all three' }).first().click();
    await page.locator('.chat-turn article[aria-busy="false"]').nth(2).waitFor({ timeout: 120_000 });
    await Promise.all(reading);
    await browser.close();
    const kilobytes = (part) => [...sizes[part].values()].reduce((sum, size) => sum + size, 0) / 1000;
    console.log(`chat, JavaScript of the page            ${kilobytes('page').toFixed(0)} KB (gzip)`);
    console.log(`chat, JavaScript of the engine          ${kilobytes('engine').toFixed(0)} KB (gzip)`);
    console.log(`chat, JavaScript of the wasm runtime    ${kilobytes('runtime').toFixed(0)} KB (gzip)`);
    console.log(`chat, model files of three columns      ${(kilobytes('model') / 1000).toFixed(2)} MB`);
  });
}
