import { expectAccessible } from './accessible';
import { expect, type Page, test } from './test';
import { boxPredictions, file, TOKEN } from './world';

/** The way of a predictions file, by hand: token, file, preflight, model, scoring, preview, then publish or discard. */

async function signIn(page: Page): Promise<void> {
  await page.goto('/submit');
  await page.getByLabel('Write token').fill(TOKEN);
  await page.getByRole('button', { name: 'Use token' }).click();
  await expect(page.getByText('This browser may submit, publish and discard.')).toBeVisible();
}

async function choose(page: Page, name: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(file(name));
}

async function describeModel(page: Page, name: string, parametersB: string): Promise<void> {
  await page.getByLabel('A new one').check();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Family').fill('Made up');
  await page.getByLabel('Parameters, in billions').fill(parametersB);
  await page.getByLabel('Greedy').check();
}

test('a wrong token is refused, and says so', async ({ page }) => {
  await page.goto('/submit');
  await page.getByLabel('Write token').fill('not the token at all');
  await page.getByRole('button', { name: 'Use token' }).click();
  await expect(page.locator('#token-error')).not.toBeEmpty();
});

test('a file is scored, looked at, published, and stands in the leaderboard', async ({ page }) => {
  await signIn(page);
  await choose(page, 'counting-boasting.json');

  // The preflight: what the file claims beside what is so.
  await expect(page.getByText('Ocean-R1 / R1-V evaluation JSON')).toBeVisible();
  const figure = (label: string) =>
    page.locator('div', { has: page.locator('dt', { hasText: label }) }).last();
  await expect(figure('Claimed in the file')).toContainText('99');
  await expect(figure('Recomputed here')).toContainText('50');
  await expect(page.getByText('row by row, come to 50.0 %, not to the 99.0 % that it states')).toBeVisible();

  await describeModel(page, 'Tide 2B', '2');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Score 200 samples' }).click();

  // The preview: seen by the submitter alone.
  await expect(page.getByRole('heading', { name: 'A draft, seen by you alone' })).toBeVisible();
  await expect(page.locator('.run-figure')).toContainText('50.0');
  await expectAccessible(page);
  const address = page.url();
  const stranger = await (await page.context().browser())?.newContext();
  const visit = await stranger?.newPage();
  await visit?.goto(address);
  expect(await visit?.textContent('main')).not.toContain('Tide 2B');
  await stranger?.close();

  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('heading', { name: 'A draft, seen by you alone' })).toBeHidden();
  await expect(page.getByText('recomputed here from 200 samples').first()).toBeVisible();

  await page.goto('/leaderboard?show=average,superclevr-200');
  await page.goto('/leaderboard/superclevr-200');
  await expect(page.getByRole('link', { name: /Tide 2B/ }).first()).toBeVisible();
});

test('the same bytes are the same run', async ({ page }) => {
  await signIn(page);
  await choose(page, 'counting-boasting.json');
  await page.getByRole('link', { name: 'Open their run' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Tide 2B');
});

test('samples are filtered, searched, opened and linked to', async ({ page }) => {
  await page.goto('/leaderboard/superclevr-200');
  await page
    .getByRole('link', { name: /Tide 2B/ })
    .first()
    .click();
  await page.waitForURL(/\/runs\//);

  const list = page.getByRole('listbox', { name: 'Samples' });
  await expect(list.getByRole('option').first()).toBeVisible();
  await page.locator('.sample-filter label', { hasText: 'Wrong' }).click();
  await expect(page).toHaveURL(/outcome=wrong/);
  await expect(list.getByRole('option').first()).toHaveAttribute('aria-setsize', '100');

  await list.getByRole('option').nth(1).click();
  const sample = page.getByRole('region', { name: 'The open sample' });
  await expect(sample).toContainText('is not the count');
  // The answer is marked where it was found, and the thinking is folded.
  await expect(sample.locator('mark')).toHaveText(/^\d+$/);
  await expect(sample.locator('details')).not.toHaveAttribute('open', '');
  await expectAccessible(page);

  // The address restores the view, also where no script runs.
  const permalink = page.url();
  const quiet = await page.context().browser()?.newContext({ javaScriptEnabled: false });
  const visit = await quiet?.newPage();
  await visit?.goto(permalink);
  expect(await visit?.textContent('main')).toContain('is not the count');
  await quiet?.close();

  await page.getByLabel('Text in question, output or answer').fill('nothing holds these words');
  await expect(
    page
      .getByText('0 of 200')
      .or(page.getByText(/No sample/))
      .first(),
  ).toBeVisible();
});

test('ten thousand boxes: the list reads by range, boxes are drawn on the picture, and a draft can be discarded', async ({
  page,
}) => {
  await signIn(page);
  await choose(page, 'boxes.jsonl');
  const target = page.getByLabel('Benchmark and split');
  await expect(target).toBeVisible();
  if ((await target.inputValue()) === '') await target.selectOption({ label: /refcoco/i.source });
  await describeModel(page, 'Boxes 1B', '1');
  await page.getByRole('button', { name: /Score 10,834 samples/ }).click();
  // The progress survives a reload.
  await page.waitForURL(/\/runs\//);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'A draft, seen by you alone' })).toBeVisible({
    timeout: 30_000,
  });
  await expect(page.locator('.run-figure')).toContainText('90.0');

  const list = page.getByRole('listbox', { name: 'Samples' });
  await list.focus();
  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect(list.getByRole('option', { name: /\b10834\b/ })).toBeVisible();
  await list.getByRole('option', { name: /\b10833 gold/ }).click();
  const sample = page.getByRole('region', { name: 'The open sample' });
  await expect(sample.locator('img')).toBeVisible();
  await expect
    .poll(() => sample.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBe(160);
  await expect(sample.locator('svg rect')).not.toHaveCount(0);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/runs/'));
  await page.goto('/leaderboard/refcoco');
  await expect(page.getByText('Boxes 1B')).toHaveCount(0);
});

test('a scoring that waits its turn can be cancelled', async ({ page, request }) => {
  await signIn(page);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const call = async (procedure: string, input: unknown) => {
    const response = await request.post(`/api/trpc/submissions.${procedure}`, {
      headers,
      data: { json: input },
    });
    expect(response.ok(), await response.text()).toBe(true);
    return (await response.json()).result.data.json;
  };
  // One run is scored at a time: the last of five has to wait for the others.
  const runs: string[] = [];
  for (let number = 0; number < 5; number++) {
    const rows = boxPredictions.map(({ sample_id, output }) =>
      JSON.stringify({ sample_id, output: `${output} ${number}` }),
    );
    const upload = await request.post('/api/blobs', { headers, data: Buffer.from(rows.join('\n')) });
    const { sha256 } = await upload.json();
    const { runId } = await call('create', {
      fileSha256: sha256,
      fileName: `waiting-${number}.jsonl`,
      benchmark: 'refcoco',
      split: 'refcoco_val',
      model: {
        kind: 'new',
        name: `Waiting ${number}`,
        family: 'Made up',
        parametersB: null,
        openWeights: false,
        link: null,
        stage: null,
        parentId: null,
      },
      prompt: null,
      generation: null,
    });
    runs.push(runId);
  }
  await page.goto(`/runs/${runs.at(-1)}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('The scoring was cancelled')).toBeVisible();
});
