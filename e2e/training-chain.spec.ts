import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { trainerPython } from '../scripts/trainer.mjs';
import { signIn } from './by-api';
import { call } from './training-agent';
import { ADDRESS, FOLDER, TOKEN } from './world';

/** The whole way with the trainer's own agent: trained, exported, evaluated, published, asked in the chat, taken out again. */

const root = join(FOLDER, '..', '..');
const python = trainerPython();
test.skip(python === null, 'the trainer needs Python 3.11 or newer, and none was found');

const rows = (name: string, count: number, further: boolean) => ({
  name,
  split: name,
  count,
  seed: 1,
  size: 160,
  tasks: null,
  further,
});

const after = { kind: 'previous' };
const chain = [
  {
    kind: 'train',
    recipe: {
      toml: readFileSync(join(root, 'trainer/recipes/toy-stage1.toml'), 'utf8'),
      overrides: { steps: 2, prompts_per_step: 4, 'rollout.group': 4, 'rollout.max_new_tokens': 32 },
    },
    start: { kind: 'checkpoint', id: 'ocean-r1-nano-stage-0' },
    rows: [rows('train', 60, true)],
  },
  { kind: 'export', start: after, rows: [rows('val', 12, false)] },
  { kind: 'eval', start: after, benchmark: 'ocean-world', split: 'val', maxNewTokens: 8, publish: false },
];

let agent: ChildProcess;
test.beforeAll(async () => {
  const { token } = await call<{ token: string }>(ADDRESS, TOKEN, 'createAgent', { name: 'a real one' });
  const work = join(FOLDER, 'agent');
  agent = spawn(python ?? '', ['-m', 'ocean_r1', 'agent', '--server', ADDRESS, '--work', work], {
    cwd: join(root, 'trainer'),
    env: { ...process.env, OCEAN_AGENT_TOKEN: token, OCEAN_DATA_DIR: join(FOLDER, 'data') },
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
  await expect(page.getByRole('status').first()).toContainText('Succeeded', { timeout: 120_000 });
};

const offered = async (page: Page) => {
  await page.goto('/chat');
  await page.getByRole('button', { name: /change$/ }).click();
};

test('a training by an agent ends in the chat, and is taken out of it again', async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page);
  const [train = '', exported = '', evaluated = ''] = await call<string[]>(ADDRESS, TOKEN, 'create', {
    name: 'Trained here',
    chain,
  });
  await succeeds(page, train);
  await expect(page.getByText('step 2', { exact: false }).first()).toBeVisible();
  await succeeds(page, exported);
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
