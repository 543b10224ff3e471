import { expectAccessible } from './accessible';
import { type APIRequestContext, type Browser, expect, type Page, test } from './test';
import { geometryPredictions, signPredictions, TOKEN } from './world';

/** One run, two scorers: on the server, beside the first; in the browser, stored nowhere; and the samples that differ. */

const headers = { authorization: `Bearer ${TOKEN}` };

async function call(request: APIRequestContext, procedure: string, input: unknown) {
  const response = await request.post(`/api/trpc/${procedure}`, { headers, data: { json: input } });
  expect(response.ok(), await response.text()).toBe(true);
  return (await response.json()).result.data.json;
}

/** A scored run of made-up answers. Returns its id. */
async function scoredRun(
  request: APIRequestContext,
  name: string,
  benchmark: 'geoqa' | 'ocr-bench',
  predictions: string,
): Promise<string> {
  const data = Buffer.from(predictions);
  const { sha256 } = await (await request.post('/api/blobs', { headers, data })).json();
  const { runId } = await call(request, 'submissions.create', {
    fileSha256: sha256,
    fileName: 'answers.jsonl',
    benchmark,
    split: 'test',
    model: {
      kind: 'new',
      name,
      family: 'Made up',
      parametersB: 2,
      openWeights: true,
      link: null,
      stage: null,
      parentId: null,
    },
    prompt: null,
    generation: null,
  });
  const input = encodeURIComponent(JSON.stringify({ json: { id: runId } }));
  await expect
    .poll(
      async () =>
        (await (await request.get(`/api/trpc/runs.get?input=${input}`, { headers })).json()).result.data.json
          .state,
      { timeout: 30_000 },
    )
    .toMatch(/^(scored|published)$/);
  return runId;
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/submit');
  await page.getByLabel('Write token').fill(TOKEN);
  await page.getByRole('button', { name: 'Use token' }).click();
  await expect(page.getByText('This browser may submit, publish and discard.')).toBeVisible();
}

const strict = (page: Page) => page.getByRole('row', { name: /geoqa\/strict/ });
const official = (page: Page) => page.getByRole('row', { name: /ocr-bench\/official/ });

/** 76 truths are roots: half were answered by the root, half by the number before it. */
async function expectTheDifference(page: Page): Promise<void> {
  await expect(
    page.getByText(/76 of 754 verdicts differ \(10\.1 %\): 38 right by B alone, 38 right by A alone/),
  ).toBeVisible();
  await expect(page.getByRole('listbox', { name: 'Samples' }).getByRole('option').first()).toHaveAttribute(
    'aria-setsize',
    '76',
  );
}

async function withoutScripts(browser: Browser, address: string): Promise<string> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(address);
  const text = await page.textContent('main');
  await context.close();
  return text ?? '';
}

test('a run is scored by a second scorer, which stands beside the first', async ({ page, request }) => {
  test.slow();
  const id = await scoredRun(request, 'Angle 2B', 'geoqa', geometryPredictions(''));
  await signIn(page);
  await page.goto(`/runs/${id}`);
  await expect(strict(page)).toContainText('not scored');
  const headline = await page.locator('.run-figure .run-number').textContent();
  await strict(page)
    .getByRole('button', { name: /^Score and keep/ })
    .click();
  await expect(strict(page).getByRole('link', { name: 'Compare' })).toBeVisible({ timeout: 30_000 });
  await expect(strict(page)).toContainText('76 of 754');
  expect(await page.locator('.run-figure .run-number').textContent()).toBe(headline);
  await expectAccessible(page);
});

test('two scorers are compared, by figures, by direction and sample by sample', async ({
  page,
  browser,
  request,
}) => {
  test.slow();
  const id = await scoredRun(request, 'Angle 3B', 'geoqa', geometryPredictions(' as asked'));
  // What stands beside the first figure of every published run is scored with no more asked.
  await call(request, 'submissions.publish', { runId: id });
  await expect
    .poll(async () => {
      await page.goto(`/runs/${id}`);
      return strict(page).textContent();
    })
    .toContain('76 of 754');
  await strict(page).getByRole('link', { name: 'Compare' }).click();
  await page.waitForURL(/\/compare\?from=geoqa/);
  await expectTheDifference(page);

  // A count of the matrix lists its samples; the address says which.
  await page.getByRole('link', { name: /^38: Wrong by A, Correct by B/ }).click();
  await expect(page).toHaveURL(/change=wrong\.correct/);
  const list = page.getByRole('listbox', { name: 'Samples' });
  await expect(list.getByRole('option').first()).toHaveAttribute('aria-setsize', '38');

  // Both verdicts of a sample, and where each found its answer.
  await list.getByRole('option').first().click();
  const sample = page.getByRole('region', { name: 'The open sample' });
  await expect(sample.getByRole('region', { name: 'Verdict by A' })).toContainText('Wrong');
  await expect(sample.getByRole('region', { name: 'Verdict by B' })).toContainText('Correct');
  await expect(sample.locator('mark').filter({ hasText: 'B' }).first()).toBeVisible();
  await expect(sample.locator('img')).toBeVisible();
  const first = new URL(page.url()).searchParams.get('sample');
  await page.keyboard.press('j');
  await expect.poll(() => new URL(page.url()).searchParams.get('sample')).not.toBe(first);
  await expectAccessible(page);

  // The address restores the view, also where no script runs.
  const text = await withoutScripts(browser, page.url());
  expect(text).toContain(`Sample ${new URL(page.url()).searchParams.get('sample')}`);
  expect(text).toContain('2 of 38');

  await page.getByRole('link', { name: 'Swap A and B' }).click();
  await expect(page.getByRole('link', { name: /^38: Correct by A, Wrong by B/ })).toBeVisible();
});

test('a visitor scores a run in the browser; a sample that never ends is timed out, and nothing is stored @phone', async ({
  page,
  request,
}) => {
  test.slow();
  const id = await scoredRun(request, 'Reader 4B', 'ocr-bench', signPredictions(' STUCK'));
  await call(request, 'submissions.publish', { runId: id });
  // A worker that is never done with one sample, as a scorer without an end would be.
  await page.addInitScript(() => {
    const Real = window.Worker;
    window.Worker = class extends Real {
      override postMessage(message: { type: string; samples?: readonly { output: string }[] }) {
        const stuck = message.samples?.findIndex(({ output }) => output.includes('STUCK')) ?? -1;
        super.postMessage(stuck < 0 ? message : { ...message, samples: message.samples?.slice(0, stuck) });
      }
    };
  });
  await page.goto(`/runs/${id}`);
  await expect(page.getByRole('button', { name: /^Score and keep/ })).toHaveCount(0);
  await official(page).getByRole('link', { name: 'Score it in this browser' }).click();
  await page.waitForURL(/\/compare/);
  await expectAccessible(page);

  // It can be cancelled, and begun anew.
  const begin = page.getByRole('button', { name: 'Score 1,000 samples in this browser' });
  await begin.click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await begin.click();
  await expect(page.getByText('Computed in your browser, not stored')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('link', { name: /^1: .* by A, Timed out by B/ })).toBeVisible();
  await page.getByRole('link', { name: /by A, Timed out by B/ }).click();
  const sample = page.getByRole('region', { name: 'The open sample' });
  await page.getByRole('listbox', { name: 'Samples' }).getByRole('option').first().click();
  await expect(sample.getByRole('region', { name: 'Verdict by B' })).toContainText(
    'no verdict within 2 s in this browser',
  );
  await expectAccessible(page);

  await page.goto(`/runs/${id}`);
  await expect(official(page)).toContainText('not scored');
});
