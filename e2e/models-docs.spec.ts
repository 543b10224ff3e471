import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expectAccessible } from './accessible';
import { expect, test } from './test';

/** Models and guides: what a reader finds, without a script where it can be; and what machines read of every page. */

test.describe('@phone', () => {
  for (const path of ['/models', '/models/ocean-r1-nano', '/docs', '/docs/world', '/docs?q=vllm'])
    test(path, async ({ page }) => {
      await page.goto(path);
      await expectAccessible(page);
    });
});

test('a model has its lineage, figures, files and card', async ({ browser, request }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto('/models');
  await page.getByRole('link', { name: 'Ocean-R1 Nano' }).click();
  const lineage = page.getByRole('region', { name: 'Lineage' });
  await expect(lineage.locator('.lineage-checkpoint')).toHaveText([/base$/, /stage 1$/, /stage 2$/]);
  await expect(lineage.getByRole('link', { name: 'Ocean-R1 Nano: stage 2' })).toHaveAttribute(
    'href',
    '/training/nano-stage2',
  );
  await expect(page.getByRole('heading', { name: 'What it can do' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Compare its stages' })).toHaveAttribute(
    'href',
    '/compare?model=ocean-r1-nano',
  );
  const file = page.locator('.model-files li', { hasText: 'tokenizer.json' }).last();
  const url = await file.getByRole('link').getAttribute('href');
  const bytes = await (await request.get(url ?? '')).body();
  await expect(file).toContainText(createHash('sha256').update(bytes).digest('hex'));

  await page.goto('/models/ocean-r1-3b-instruct');
  await page.getByRole('region', { name: 'Lineage' }).getByRole('link', { name: 'Qwen2.5-VL-3B' }).click();
  await expect(page.getByText('Trained from it:')).toContainText('Ocean-R1-3B-Instruct');
  expect((await page.goto('/models/none'))?.status()).toBe(404);
  await page.close();
});

test('guides are searched, and every link within the site leads somewhere', async ({ browser, request }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto('/docs');
  await page.getByRole('searchbox').fill('vLLM serving');
  await page.getByRole('button', { name: 'Search' }).click();
  await page
    .getByRole('link', { name: /Serving Ocean-R1 with vLLM/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/docs\/serving#serving-ocean-r1-with-vllm$/);
  await expect(page.locator(':target')).toHaveText(/Serving Ocean-R1 with vLLM/);

  const links = new Set<string>();
  for (const path of ['/docs', '/docs/house', '/docs/world', '/docs/trainer', '/models/ocean-r1-nano', '/']) {
    await page.goto(path);
    for (const href of await page
      .locator('a[href^="/"], a[href^="#"]')
      .evaluateAll((all) => all.map((each) => each.getAttribute('href') ?? '')))
      if (href.startsWith('#')) await expect(page.locator(`[id="${href.slice(1)}"]`), href).toHaveCount(1);
      else links.add(href.replace(/#.*$/, ''));
  }
  await page.close();
  for (const href of links) expect((await request.get(href)).status(), href).toBe(200);
});

test('a command of a guide is copied by its button', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/docs/comparing');
  await page.getByRole('button', { name: 'Copy' }).first().click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(readFileSync('docs/comparing.md', 'utf8')).toContain(copied);
  expect(copied).toMatch(/^\.\/ocean compare /);
});

test('machines are told of every page: title, description, address, card', async ({ page, request }) => {
  const sitemap = await (await request.get('/sitemap.xml')).text();
  const listed = [...sitemap.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url = '']) => new URL(url).pathname);
  expect(listed).toEqual(
    expect.arrayContaining([
      '/',
      '/leaderboard/geoqa',
      '/models/ocean-r1-nano',
      '/training/nano-stage2',
      '/docs/world',
    ]),
  );
  expect(await (await request.get('/robots.txt')).text()).toContain('/sitemap.xml');
  const pages = [
    '/',
    '/leaderboard',
    '/leaderboard/geoqa',
    '/runs/reported-ocean-r1-7b-instruct-geoqa',
    '/compare?model=ocean-r1-nano',
    '/models',
    '/models/ocean-r1-nano',
    '/training/nano-stage2',
    '/findings',
    '/findings/aha',
    '/docs',
    '/docs/running',
    '/chat',
    '/world',
    '/submit',
    '/cli',
  ];
  const titles = new Set<string>();
  const descriptions = new Set<string>();
  for (const path of pages) {
    await page.goto(path);
    titles.add(await page.title());
    const meta = (name: string) => page.locator(`meta[${name}]`).first().getAttribute('content');
    descriptions.add((await meta('name="description"')) ?? '');
    expect(await meta('property="og:title"'), path).not.toBeNull();
    const canonical = await page.locator('link[rel="canonical"]').getAttribute('href');
    expect(new URL(canonical ?? '').pathname, path).toBe(path.replace(/\?.*/, ''));
    const card = await request.get((await meta('property="og:image"')) ?? '');
    expect(card.headers()['content-type'], path).toBe('image/png');
    for (const data of await page.locator('script[type="application/ld+json"]').allTextContents())
      expect(JSON.parse(data)).toHaveProperty('@type');
  }
  expect([titles.size, descriptions.size]).toEqual([pages.length, pages.length]);
});
