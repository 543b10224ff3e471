// A first visit to the chat, up to its first answer: what JavaScript comes (gzip), and how much model.
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
    page.context().on('requestfinished', (request) => {
      const { pathname } = new URL(request.url());
      const part = Object.keys(PARTS).find((name) => PARTS[name].test(pathname));
      if (part === undefined) return;
      const size = (body) => (part === 'model' ? body.length : gzipSync(body).length);
      const body = request.response().then((response) => response.body());
      reading.push(body.then((content) => sizes[part].set(pathname, size(content))));
    });
    await page.goto(`${address}/chat`);
    await page.getByRole('button', { name: 'Ask all three' }).first().click();
    await page.locator('.chat-turn article[aria-busy="false"]').first().waitFor({ timeout: 120_000 });
    await Promise.all(reading);
    await browser.close();
    const kilobytes = (part) => [...sizes[part].values()].reduce((sum, size) => sum + size, 0) / 1000;
    console.log(`chat, JavaScript of the page            ${kilobytes('page').toFixed(0)} KB (gzip)`);
    console.log(`chat, JavaScript of the engine          ${kilobytes('engine').toFixed(0)} KB (gzip)`);
    console.log(`chat, JavaScript of the wasm runtime    ${kilobytes('runtime').toFixed(0)} KB (gzip)`);
    console.log(`chat, model files of the first answer   ${(kilobytes('model') / 1000).toFixed(2)} MB`);
  });
}
