import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expectAccessible } from './accessible';
import { expect, test } from './test';
import { metricsOf, newAgent, signIn } from './training-agent';
import { ADDRESS, TOKEN } from './world';

/** A run from the browser to an agent that does what the test says, stopped, gone on with, and made once more. */

test('a run is put together in the form, taken up, cancelled, resumed and forked', async ({ page }) => {
  const agent = await newAgent('form');
  await signIn(page);
  await page.goto('/training');
  await page.getByRole('link', { name: 'New run' }).click();
  await page.getByLabel('Made from').selectOption({ label: 'toy-stage1 · grpo' });
  await expect(page.getByText("Nano's stage 1 at toy length.", { exact: true })).toBeVisible();
  await expect(page.getByText('2,614,656')).toBeVisible();
  await expect(page.getByText('64 responses, at most 8,192 new tokens')).toBeVisible();

  /** Whether the browser would ask before the page is left. */
  const asks = () =>
    page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  expect(await asks()).toBe(false);

  // What is wrong is said while it is typed, in the trainer's own words, and nothing is queued.
  const rate = page.getByLabel('lr', { exact: true });
  await rate.fill('fast');
  await expect(page.getByText("Input should be a valid number (is 'fast')").first()).toBeVisible();
  await expect(page.getByText("optimizer.lr: Input should be a valid number (is 'fast')")).toBeVisible();
  await expect(page.getByRole('button', { name: 'Queue the run' })).toHaveAttribute('aria-disabled', 'true');
  expect(await asks()).toBe(true);
  await rate.fill('2e-5');
  await page.getByLabel(/^Search the \d+ keys/).fill('mini batches');
  await page.getByLabel('mini_batches', { exact: true }).fill('3');
  await expect(
    page.getByText('prompts_per_step 8 cannot be split into algorithm.mini_batches 3').first(),
  ).toBeVisible();
  const changed = page.getByRole('region', { name: 'Changed keys' });
  await expect(changed).toContainText('0.0001 → 0.00002');
  await changed.getByRole('button', { name: 'Undo algorithm.mini_batches' }).click();
  await expect(page.getByText('Nothing is wrong with it.')).toBeVisible();
  await expect(page.getByLabel('mini_batches', { exact: true })).toHaveValue('');
  await page.getByLabel(/^Search the \d+ keys/).fill('');
  await page.getByText(/^The recipe as TOML/).click();
  await expect(page.getByRole('textbox', { name: 'The recipe as TOML' })).toHaveValue(/\nlr = 2e-5\n/);
  await page.getByLabel('Ocean World, val, 200 questions').check();
  await expect(page.getByLabel(/^Export for browsers/)).toBeChecked();
  await page.getByLabel('Name', { exact: true }).last().fill('From the form');
  await page.getByLabel('Note').fill('Is half the rate enough?');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Queue the run' }).click();

  await expect(page.getByRole('heading', { name: 'From the form', exact: true })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Chain' }).getByRole('listitem')).toHaveCount(3);
  await agent.take();
  expect(agent.given.name).toBe('From the form');
  expect(agent.given.spec).toMatchObject({
    kind: 'train',
    start: { kind: 'checkpoint' },
    rows: [{ name: 'train', count: 2_000, size: 160 }],
  });
  await agent.tell(
    { type: 'begin', step: 0, steps: 5 },
    ...[1, 2, 3].map((step) => ({ type: 'metrics' as const, step, values: metricsOf(step) })),
  );
  await agent.sendCheckpoint(2);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await expect(page.getByRole('status').first()).toContainText('Stops when its step ends.');
  await agent.finish({ kind: 'cancelled' });
  await expect(page.getByRole('status').first()).toContainText('Cancelled after step 3 of 5.');

  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('heading', { name: 'From the form, resumed' })).toBeVisible();
  await expect(page.getByText('Goes on from step 2 of')).toBeVisible();
  await agent.take();
  expect(agent.given.resume?.step).toBe(2);
  await agent.tell(
    { type: 'begin', step: 2, steps: 5 },
    ...[3, 4, 5].map((step) => ({ type: 'metrics' as const, step, values: metricsOf(step) })),
  );
  await agent.sendCheckpoint(5);
  await agent.finish();
  await expect(page.getByRole('status').first()).toContainText('Succeeded');
  await expect(
    page.locator('.curve', { hasText: 'critic/score/mean' }).locator('.curve-box'),
  ).toHaveAttribute('aria-label', /at step 1 to [^;]* at step 5;/);
  // Its export is next, and is not what this test is about.
  await agent.take();
  await agent.finish({ kind: 'failed', error: 'not in this test' });

  await page.getByRole('link', { name: 'Fork' }).click();
  await expect(page.getByLabel('Name', { exact: true }).last()).toHaveValue('From the form, resumed, again');
  await expect(page.getByLabel('lr', { exact: true })).toHaveValue('0.00002');
  await expect(page.getByText('Nothing is changed yet.')).toBeVisible();
});

test('visitors are told who starts runs', async ({ page }) => {
  await page.goto('/training/new');
  await expect(page.getByText('Runs are started by the team')).toBeVisible();
});

test('a folder of a run becomes a run, however often it is imported', async ({ page }) => {
  const root = join(import.meta.dirname, '..');
  const importIt = () =>
    execFileSync(
      process.execPath,
      [
        join(root, 'cli/bin.mjs'),
        ...['jobs', 'import', join(root, 'trainer/fixtures/run'), '--server', ADDRESS, '--token', TOKEN],
        '--public',
      ],
      { encoding: 'utf8' },
    ).trim();
  const id = importIt();
  expect(importIt()).toBe(id);
  await page.goto(`/training?text=squares`);
  await expect(page.getByRole('row', { name: /squares/ })).toHaveCount(1);
  await page.getByRole('link', { name: 'squares' }).click();
  await expect(page.getByRole('status').first()).toContainText('4 steps');
  await expect(page.getByRole('log')).toContainText('step 4/4');
  await page.goto(`/training/${id}?step=4&group=1#rollouts`);
  await expect(page.getByText('2 groups')).toBeVisible();
  await expect(page.getByAltText('What the prompt shows').first()).toHaveJSProperty('naturalWidth', 32);
});

test.describe('@phone', () => {
  test('the form, with something wrong', async ({ page }) => {
    await signIn(page);
    await page.goto('/training/new');
    await page.getByLabel('lr', { exact: true }).fill('0');
    await expect(page.getByText('Input should be greater than 0 (is 0)').first()).toBeVisible();
    await page.locator('.recipe-section').evaluateAll((sections) => {
      for (const section of sections) section.setAttribute('open', '');
    });
    await expectAccessible(page);
  });
});
