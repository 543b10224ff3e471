import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainerPython } from '../scripts/trainer.mjs';
import { signIn } from './by-api';
import { expect, type Page, test } from './test';
import { call } from './training-agent';
import { ADDRESS, DATA, FOLDER, ROOT, TOKEN } from './world';

/** The whole way with the trainer's own agent: trained, exported, evaluated, published, asked in the chat, taken out again. */

const python = trainerPython();
test.use({ actionTimeout: 30_000 });
test.skip(python === null, 'the trainer needs Python 3.11 or newer, and none was found');

/** Of the repository's recipe a run of seconds. */
const TOML = readFileSync(join(ROOT, 'trainer/recipes/toy-stage1.toml'), 'utf8')
  .replace(/^steps = .*$/m, 'steps = 2')
  .replace(/^prompts_per_step = .*$/m, 'prompts_per_step = 4')
  .replace(/^group = .*$/m, 'group = 4')
  .replace(/^max_new_tokens = .*$/m, 'max_new_tokens = 32');

let agent: ChildProcess;
test.beforeAll(async () => {
  const { token } = await call<{ token: string }>(ADDRESS, TOKEN, 'createAgent', { name: 'a real one' });
  const work = join(FOLDER, 'agent');
  agent = spawn(python ?? '', ['-m', 'ocean_r1', 'agent', '--server', ADDRESS, '--work', work], {
    cwd: join(ROOT, 'trainer'),
    env: { ...process.env, OCEAN_AGENT_TOKEN: token, OCEAN_DATA_DIR: DATA },
    stdio: 'inherit',
  });
});
test.afterAll(async () => {
  const ended = new Promise((resolve) => agent.once('exit', resolve));
  agent.kill('SIGTERM');
  await ended;
});

const succeeds = async (page: Page, id: string) => {
  await page.goto(`/training/${id}`);
  await expect(page.getByRole('status').first()).toContainText('Succeeded', { timeout: 240_000 });
};

const offered = async (page: Page) => {
  await page.goto('/chat');
  await page.getByRole('button', { name: /change$/ }).click();
};

test('a training by an agent ends in the chat, and is taken out of it again', async ({ page }) => {
  test.setTimeout(480_000);
  await signIn(page);
  await page.goto('/training/new?recipe=toy-stage1');
  await page.getByText('The recipe as TOML').click();
  await page.getByLabel('The recipe as TOML').fill(TOML);
  await page.getByRole('group', { name: 'rows/train' }).getByLabel('Rows').fill('60');
  await page.getByLabel(/^Export for browsers/).check();
  await page.getByLabel('Name', { exact: true }).last().fill('Trained here');
  await page.getByRole('button', { name: 'Queue the run' }).click();
  await expect(page.getByRole('heading', { name: 'Trained here' })).toBeVisible();
  const train = page.url().replace(/.*\//, '');
  await succeeds(page, train);
  await expect(page.getByRole('status').first()).toContainText('2 steps');
  await page
    .getByRole('navigation', { name: 'Chain' })
    .getByRole('link', { name: /export/ })
    .click();
  await expect(page).not.toHaveURL(new RegExp(train));
  const exported = page.url().replace(/.*\//, '');
  await succeeds(page, exported);
  // All 200 questions, and of the answers no more than shows that they are asked.
  const spec = { kind: 'eval', benchmark: 'ocean-world', split: 'val', maxNewTokens: 8, publish: false };
  const [evaluated = ''] = await call<string[]>(ADDRESS, TOKEN, 'create', {
    name: 'Evaluated here',
    chain: [{ ...spec, start: { kind: 'job', id: exported } }],
  });
  await succeeds(page, evaluated);

  await page.goto(`/training/${train}`);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('button', { name: 'Unpublish' })).toBeVisible();

  await offered(page);
  await page.getByRole('button', { name: 'Only Trained here' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('Your question').fill('How many objects are there?');
  await page.getByLabel('Your question').press('Enter');
  const answer = page.getByRole('article');
  await expect(answer).toContainText(/\d tokens · .*first after/, { timeout: 60_000 });

  await page.goto(`/training/${train}`);
  await page.getByRole('button', { name: 'Unpublish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click();
  await expect(page.getByRole('button', { name: 'Publish', exact: true })).toBeVisible();
  await offered(page);
  await expect(page.getByRole('button', { name: 'Only Stage 1' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Only Trained here' })).toBeHidden();
});
