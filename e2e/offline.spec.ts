import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expectAccessible } from './accessible';
import { expect, type Page, test } from './test';
import { PORT } from './world';

/** The chat without a network, and a tab that is left open over a new deployment. */

/** A way to the server that can be cut, for the page, its workers and what the browser keeps alike. */
async function cuttable() {
  const sockets = new Set<Socket>();
  const pass = (socket: Socket) => {
    const onward = connect(PORT, 'localhost');
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        sockets.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  };
  const server = createServer(pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const { port } = address;
  return {
    at: `http://localhost:${port}`,
    async cut() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
    async mend() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

const askAll = (page: Page) => page.getByRole('button', { name: 'Ask all three' });
const ended = (page: Page) =>
  expect(page.getByText('WebAssembly', { exact: false })).toHaveCount(3, { timeout: 30_000 });

test('after a first answer the page is reloaded, rolls and answers without a network', async ({ page }) => {
  const way = await cuttable();
  await page.goto(`${way.at}/chat?task=counting&seed=3221225475`);
  await askAll(page).click();
  await ended(page);
  // The page is kept once its replies have ended.
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const cache = await caches.open('ocean-r1-chat-1');
        const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
        return paths.includes('/chat') && paths.includes('/vlm/worker.js');
      }),
    )
    .toBe(true);

  await way.cut();
  await page.reload();
  await ended(page);
  await page.getByRole('button', { name: 'Roll a scene' }).click();
  await askAll(page).click();
  await ended(page);
  expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(true);

  // What was never loaded is missed in its place; the page goes on, and so does it with a network.
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this conversation' });
  await expect(dialog.getByRole('alert')).toContainText('This part of the page could not be loaded');
  await expectAccessible(page);
  await expect(askAll(page).or(page.getByLabel('Your question'))).not.toHaveCount(0);
  await way.mend();
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByRole('button', { name: 'Make a link' })).toBeVisible();

  // The server's own part: said in a sentence too.
  await way.cut();
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  await expect(dialog.getByRole('alert')).toHaveText(
    'The server cannot be reached. Nothing was changed; try again with a network.',
  );
});

test.describe('where the browser keeps no page', () => {
  test.use({ serviceWorkers: 'block' });
  test('a tab that is left open over a new deployment goes on, and keeps what is written over a reload', async ({
    page,
  }) => {
    await page.goto('/chat?task=counting&seed=3221225475');
    await askAll(page).click();
    await ended(page);
    const address = page.url();
    await page.getByLabel('Your question').fill('Which of them is the largest?');
    // The programs of this deployment are gone from the server.
    await page.route('**/_next/static/**', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share this conversation' });
    await expect(dialog.getByRole('alert')).toContainText('the site has changed since the page was opened');
    await expect(page.getByLabel('Your question')).toHaveValue('Which of them is the largest?');
    await page.unroute('**/_next/static/**');
    await dialog.getByRole('button', { name: 'Reload the page' }).click();
    await expect(page).toHaveURL(address);
    await expect(page.getByLabel('Your question')).toHaveValue('Which of them is the largest?');
    await ended(page);
  });
});
