import { PICTURE_SIZE, sceneOf } from '@/lib/benchmarks/ocean-world';
import { ask, render } from '@/lib/world/world';
import { expect, type Page, test } from './test';

/** The front page: an answer that stands there at once, and is made anew in the visitor's browser. */

const reply = (page: Page, name: string) => page.locator('.live-reply', { hasText: name });

test('without scripts a recorded answer stands there, right and wrong marked', async ({ browser }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ocean-R1');
  await expect(page.getByText('How many separate objects does the scene contain?')).toBeVisible();
  await expect(reply(page, 'Base')).toContainText('✗ wrong');
  await expect(reply(page, 'Stage 2')).toContainText('✓ right');
  await page.close();
});

test('the browser answers by itself, and then whatever is rolled', async ({ browser }) => {
  const page = await browser.newPage({ reducedMotion: 'no-preference' });
  await page.goto('/');
  const status = page.locator('.live-origin');
  await expect(status).toContainText('Answered in your browser', { timeout: 40_000 });
  await expect(reply(page, 'Stage 2')).toContainText('That makes 5 in all.');
  await page.getByRole('button', { name: 'Roll another' }).click();
  await expect(page.locator('.live-picture canvas')).toBeVisible();
  await expect(status).toContainText('Answered in your browser', { timeout: 40_000 });
  await expect(page.locator('.live-reply', { hasText: /✓ right|✗ wrong/ })).toHaveCount(2);
  const question = await page.locator('.live-question').textContent();
  await page.getByRole('link', { name: 'Ask your own' }).click();
  await expect(page).toHaveURL(/\/chat\?task=\w+&seed=\d+$/);
  await expect(page.getByText(question?.split('\n')[0] ?? '').first()).toBeVisible({ timeout: 20_000 });
  await page.close();
});

test('what the models are asked about first is the scene, to the pixel', async ({ page }) => {
  await page.goto('/');
  const seen = await page.evaluate(async () => {
    const bitmap = await createImageBitmap(await (await fetch('/home/asked.png')).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    return Array.from(context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? []);
  });
  const sample = sceneOf('test', 'counting-000870');
  if (sample === null) throw new Error('the split has no such sample');
  const { scene } = ask(sample.task, sample.seed, PICTURE_SIZE);
  const { rgb } = render(scene, PICTURE_SIZE);
  expect(Buffer.compare(Buffer.from(seen.filter((_, at) => at % 4 < 3)), Buffer.from(rgb))).toBe(0);
});

test('who wishes for little motion or few bytes is asked first', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto('/', { waitUntil: 'networkidle' });
  expect(fetched.filter((url) => /\/(vlm|models)\//.test(url))).toEqual([]);
  await page.getByRole('button', { name: /Answer it here \(\d+ MB\)/ }).click();
  await expect(page.locator('.live-origin')).toContainText('Answered in your browser', { timeout: 40_000 });
});

test('report, code, weights, data and licence are a click away', async ({ page }) => {
  await page.goto('/');
  const links = page.getByRole('list', { name: 'All that belongs to it' }).getByRole('link');
  await expect(links).toHaveText([
    'Report and code of the recipe',
    'Weights: Ocean-R1-3B-Instruct',
    'Weights: Ocean-R1-7B-Instruct',
    'Nano: weights and card',
    'Data of stage 1',
    'Data of stage 2',
    'Leaderboard',
    'Guides',
    'Licence of this site: Apache 2.0',
  ]);
  await links.nth(1).click();
  await expect(page.getByRole('link', { name: 'Weights', exact: true })).toHaveAttribute(
    'href',
    'https://huggingface.co/minglingfeng/Ocean_R1_3B_Instruct',
  );
});
