import { expectAccessible } from './accessible';
import { scoredRun, signIn } from './by-api';
import { expect, test } from './test';
import { countingPredictions } from './world';

/** A published run that is withdrawn, corrected and published again; what everybody sees of it. */

test('a run is published to a hidden column, withdrawn, corrected and published again', async ({
  page,
  request,
  browser,
}) => {
  test.setTimeout(120_000);
  const runId = await scoredRun(request, {
    text: JSON.stringify(countingPredictions(120, 61)),
    benchmark: 'superclevr-200',
    split: 'test',
    name: 'Withdrwan 2B',
  });
  await signIn(page);
  await page.goto(`/runs/${runId}`);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();

  // The way to the leaderboard shows the column, which is hidden at first.
  await page.getByRole('link', { name: 'in the leaderboard' }).click();
  await expect(page.getByRole('row', { name: /Withdrwan 2B/ })).toContainText('60.0');
  await expect(page.getByRole('columnheader', { name: /SuperCLEVR-200/ })).toBeVisible();

  await page.goto(`/runs/${runId}`);
  await page.getByRole('button', { name: 'Withdraw' }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  await dialog.getByLabel('Why').fill('Scored with the wrong prompt.');
  await dialog.getByRole('button', { name: 'Withdraw' }).click();
  await expect(page.getByRole('heading', { name: 'This run was withdrawn' })).toBeVisible();
  await expectAccessible(page);

  // A stranger with the permalink is told who, when and why; the boards have it no more.
  const stranger = await browser.newContext();
  const visit = await stranger.newPage();
  await visit.goto(`/runs/${runId}`);
  const notice = visit.getByRole('region', { name: 'This run was withdrawn' });
  await expect(notice).toContainText(/On \d{4}-\d\d-\d\d by the team/);
  await expect(notice).toContainText('Scored with the wrong prompt.');
  await expect(visit.locator('.run-figure')).toContainText('60.0');
  await expect(visit.getByRole('button', { name: 'Publish again' })).toHaveCount(0);
  await expect(visit.getByRole('link', { name: 'in the leaderboard' })).toHaveCount(0);
  for (const board of ['/leaderboard?show=superclevr-200', '/leaderboard/superclevr-200']) {
    await visit.goto(board);
    await expect(visit.locator('main')).not.toContainText('Withdrwan 2B');
  }

  await page.getByRole('button', { name: 'Correct' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Withdrawn 2B');
  await page.getByRole('dialog').getByLabel('Link').fill('https://example.org/withdrawn');
  await page.getByRole('dialog').getByLabel('Its weights are open').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Correct' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Withdrawn 2B');

  await page.getByRole('button', { name: 'Publish again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish again' }).click();
  await expect(page.getByRole('heading', { name: 'This run was withdrawn' })).toHaveCount(0);

  await visit.goto(`/runs/${runId}`);
  await expect(visit.locator('.run-what')).toContainText('open weights');
  await expect(visit.getByRole('link', { name: 'about the model' })).toHaveAttribute(
    'href',
    'https://example.org/withdrawn',
  );
  const history = visit.getByRole('region', { name: 'History' });
  await expect(history.getByRole('listitem')).toHaveText([
    /published by the team/,
    /withdrawn by the team.*wrong prompt/,
    /corrected by the team.*name: Withdrawn 2B, before Withdrwan 2B.*link: https:\/\/example.org\/withdrawn, before none.*weights: open, before closed/,
    /published by the team/,
  ]);
  await visit.goto('/leaderboard?show=superclevr-200');
  await expect(visit.getByRole('row', { name: /Withdrawn 2B/ })).toContainText('60.0');
  await stranger.close();
});

test('a visitor withdraws and corrects nothing', async ({ request }) => {
  for (const [procedure, input] of [
    ['withdraw', { runId: 'any', note: 'mine' }],
    ['correct', { runId: 'any', name: 'Mine', link: null, openWeights: true, note: null }],
  ] as const) {
    const response = await request.post(`/api/trpc/submissions.${procedure}`, { data: { json: input } });
    expect(response.status()).toBe(401);
  }
});
