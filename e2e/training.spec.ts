import { readFileSync } from 'node:fs';
import { expectAccessible } from './accessible';
import { expect, type Page, test } from './test';
import { call, metricsOf, newAgent, rolloutGroup, ScriptedAgent, signIn, trainSpec } from './training-agent';
import { ADDRESS, file, TOKEN } from './world';

/** Trainings as visitors and the team see them, with an agent that does what each test says. */

/** A public job that an agent has taken up. */
async function newJob(name: string, agent: ScriptedAgent): Promise<string> {
  const [id = ''] = await call<string[]>(ADDRESS, TOKEN, 'create', {
    name,
    public: true,
    chain: [trainSpec],
  });
  expect(await agent.take()).toBe(id);
  return id;
}

const tellSteps = (agent: ScriptedAgent, first: number, last: number) =>
  agent.tell(
    ...Array.from({ length: last - first + 1 }, (_, n) => ({
      type: 'metrics' as const,
      step: first + n,
      values: metricsOf(first + n),
    })),
  );

const chart = (page: Page, name: string) => page.locator('.curve', { hasText: name }).locator('.curve-box');

test('our own trainings are there from the first start, as a chain with curves', async ({ page }) => {
  await page.goto('/training?text=nano');
  await expect(page.getByRole('row')).toHaveCount(9);
  await page.getByRole('link', { name: 'Ocean-R1 Nano: stage 1' }).click();
  await expect(page.getByRole('status').first()).toContainText('45 steps');
  await expect(page.getByRole('navigation', { name: 'Chain' }).getByRole('listitem')).toHaveCount(8);
  await expect(chart(page, 'val/score')).toHaveAttribute('data-ready', 'true');
  await expect(chart(page, 'val/score')).toHaveAttribute(
    'aria-label',
    /from 0\.39 at step 0 to 0\.55 at step 45/,
  );
});

test('a job is watched live: steps come at once, and move neither zoom nor page', async ({ page }) => {
  const agent = await newAgent('live');
  const id = await newJob('A live one', agent);
  await page.goto(`/training/${id}`);
  await expect(page.getByRole('status').first()).toContainText('Begins on live.');
  await agent.tell({ type: 'begin', step: 0, steps: 2_000 });
  await tellSteps(agent, 1, 100);
  await expect(page.getByRole('status').first()).toContainText('step 100 of 2,000');
  const score = chart(page, 'critic/score/mean');
  await expect(score).toHaveAttribute('data-ready', 'true');
  await expect(score).toHaveAttribute('aria-label', /at step 100;/);

  // Step by step, each on the page before the next is told; `npm run bench training` says how fast.
  for (let step = 101; step <= 110; step++) {
    await tellSteps(agent, step, step);
    await expect(score).toHaveAttribute('aria-label', new RegExp(`at step ${step};`));
  }

  // A drag looks closely, and what comes then stays outside.
  const box = (await score.locator('.u-over').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByRole('button', { name: /^All steps, not/ })).toBeVisible();
  const address = page.url();
  expect(address).toMatch(/from=\d+&to=\d+/);
  await page.evaluate(() => window.scrollTo(0, 300));
  const scrolled = await page.evaluate(() => window.scrollY);
  const axis = () => score.evaluate((element) => element.querySelector('canvas')?.toDataURL());
  await expect(score).toHaveAttribute('aria-label', /from [^;]* at step 2\d /);
  const before = await axis();
  await tellSteps(agent, 111, 140);
  await expect(page.getByRole('status').first()).toContainText('step 140 of 2,000');
  expect(page.url()).toBe(address);
  expect(await page.evaluate(() => window.scrollY)).toBe(scrolled);
  expect(await axis()).toBe(before);
  await page.getByRole('button', { name: /^All steps, not/ }).click();
  await expect(score).toHaveAttribute('aria-label', /from [^;]* at step 1 to [^;]* at step 140;/);

  await agent.tell({ type: 'log', lines: ['the needle', 'hay'] });
  await expect(page.getByRole('log')).toContainText('the needle');
  await page.getByLabel('Search').fill('needle');
  await expect(page.getByRole('log').getByText('hay')).toBeHidden();
  await agent.sendCheckpoint(140);
  await agent.finish();
  await expect(page.getByRole('status').first()).toContainText('Succeeded');
});

test('rollouts are opened from the curve and read by keyboard, and every view has an address', async ({
  page,
  context,
}) => {
  const agent = await newAgent('reader');
  const id = await newJob('With rollouts', agent);
  const image = await agent.send(readFileSync(file('images/train2014/made_up_0.png')), 'picture');
  await agent.tell({ type: 'begin', step: 0, steps: 20 });
  await tellSteps(agent, 1, 20);
  await agent.tell({
    type: 'rollouts',
    step: 10,
    first: 0,
    groups: [
      rolloutGroup(11, image),
      rolloutGroup(16, null),
      rolloutGroup(0, null, {
        groundTruth: '<img src=x onerror=alert(1)>',
        prompt: [{ role: 'user', content: '<script>alert(1)</script>' }],
      }),
    ],
  });
  await agent.sendCheckpoint(20);
  await agent.finish();
  const failures: string[] = [];
  page.on('pageerror', ({ message }) => failures.push(message));
  await page.goto(`/training/${id}`);
  const score = chart(page, 'critic/score/mean');
  await expect(score).toHaveAttribute('data-ready', 'true');
  const box = (await score.locator('.u-over').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.click(box.x + box.width * 0.5, box.y + 60);
  await expect(page).toHaveURL(/step=10.*#rollouts/);
  await expect(page.getByText('3 groups')).toBeVisible();
  await expect(page.getByRole('heading', { name: /Group 1/ })).toContainText('11 of 16 right');
  await expect(page.getByAltText('What the prompt shows')).toHaveJSProperty('complete', true);
  expect(
    await page
      .getByAltText('What the prompt shows')
      .evaluate((element: HTMLImageElement) => element.naturalWidth),
  ).toBeGreaterThan(0);
  await expect(page.locator('.response')).toHaveCount(16);

  // j and k through the groups, arrows through the responses.
  await page.getByRole('list', { name: 'Groups' }).getByRole('button').first().focus();
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { name: /Group 2/ })).toContainText('16 of 16 right, all 1.1');
  await page.keyboard.press('k');
  await page.keyboard.press('ArrowRight');
  const first = page.getByRole('article', { name: 'Response 1', exact: true });
  await expect(first).toHaveAttribute('data-open', 'true');
  await expect(first).toContainText('looks again');
  await expect(first.locator('.reply-reflection').first()).toBeVisible();
  await expect(first.locator('strong')).toHaveText('So');
  await first.getByText('Tokens, by how sure').click();
  await expect(first.getByTitle(/log-probability −1.2, entropy 0.9/)).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('article', { name: 'Response 2', exact: true })).toHaveAttribute(
    'data-open',
    'true',
  );

  // Others open the same view by its address.
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('article', { name: 'Response 2', exact: true })).toHaveAttribute(
    'data-open',
    'true',
  );
  await other.close();

  await page.getByRole('combobox', { name: 'Groups' }).selectOption('equal');
  await expect(page.getByText('2 groups')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('list', { name: 'Groups' }).getByRole('button').nth(1).click();
  await expect(page.getByText('<script>alert(1)</script>').first()).toBeVisible();
  await expect(page.getByText('<img src=x onerror=alert(1)>').first()).toBeVisible();
  expect(failures).toEqual([]);
});

test('a picture is served to who may see the job, as the image that it is', async ({ request }) => {
  const agent = await newAgent('pictures');
  const id = await newJob('Pictures', agent);
  const good = await agent.send(readFileSync(file('images/train2014/made_up_0.png')), 'picture');
  const bad = await agent.send(Buffer.from('<script>alert(1)</script>'), 'picture');
  await agent.tell(
    { type: 'begin', step: 0, steps: 1 },
    { type: 'rollouts', step: 1, first: 0, groups: [rolloutGroup(1, good), rolloutGroup(1, bad)] },
  );
  await agent.sendCheckpoint(20);
  await agent.finish();
  const address = (hash: string) => `/api/training/${id}/pictures/${hash}`;
  const found = await request.get(address(good));
  expect(found.status()).toBe(200);
  expect(found.headers()).toMatchObject({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff' });
  expect((await request.get(address(bad))).status()).toBe(415);
  expect((await request.get(address('0'.repeat(64)))).status()).toBe(404);
  await call(ADDRESS, TOKEN, 'describe', { id, public: false });
  expect((await request.get(address(good))).status()).toBe(404);
  expect((await request.get(address(good), { headers: { authorization: `Bearer ${TOKEN}` } })).status()).toBe(
    200,
  );
});

test('the team makes an agent, cancels, renames, hides and forks', async ({ page }) => {
  await signIn(page);
  await page.goto('/training');
  await page.getByLabel('Name of a new agent').fill('made here');
  await page.getByRole('button', { name: 'Make an agent' }).click();
  const command = page.locator('.training-token .command').first();
  await expect(command).toContainText('npm run agent -- --server http');
  const token = /--token (\S+)/.exec((await command.textContent()) ?? '')?.[1] ?? '';
  await page.reload();
  await expect(page.getByText(token)).toBeHidden();
  const agent = new ScriptedAgent(ADDRESS, token);
  const id = await newJob('To be cancelled', agent);
  await agent.tell({ type: 'begin', step: 0, steps: 100 });
  await tellSteps(agent, 1, 3);

  await page.goto(`/training/${id}`);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await expect(page.getByRole('status').first()).toContainText('Stops when its step ends.');
  expect(await agent.beat()).toBe(true);
  await agent.finish({ kind: 'cancelled' });
  await expect(page.getByRole('status').first()).toContainText('Cancelled after step 3 of 100.');

  await page.getByRole('button', { name: 'Name and note' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Was cancelled');
  await page.getByRole('dialog').getByLabel('Note').fill('Too hot.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Was cancelled' })).toBeVisible();
  await expect(page.getByText('Too hot.')).toBeVisible();
  await page.getByRole('button', { name: 'Make it a draft' }).click();
  await expect(page.getByText('a draft, seen by the team alone')).toBeVisible();

  await page.getByRole('link', { name: 'Fork' }).click();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true }).last()).toHaveValue(
    'Was cancelled, again',
  );
  await page.getByRole('textbox', { name: 'Name', exact: true }).last().fill('Its fork');
  await page.getByRole('button', { name: 'Queue the run' }).click();
  await expect(page.getByRole('heading', { name: 'Its fork' })).toBeVisible();
  await expect(page.getByRole('status').first()).toContainText(/Waits for a box: none is free|Is next/);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await expect(page.getByRole('status').first()).toContainText('Cancelled before its first step.');

  await page.goto('/training');
  await page.getByRole('button', { name: 'Revoke made here' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('heading', { name: 'made here', exact: true })).toBeHidden();
  await expect(agent.take()).rejects.toThrow('401');
});

test('a draft is not there for visitors', async ({ page }) => {
  const [id] = await call<string[]>(ADDRESS, TOKEN, 'create', { name: 'Hidden', chain: [trainSpec] });
  await page.goto(`/training/${id}`);
  await expect(page.getByText('There is no such job here')).toBeVisible();
  await page.goto('/training?text=Hidden');
  await expect(page.getByText('No job is like that')).toBeVisible();
  await call(ADDRESS, TOKEN, 'cancel', { id });
});

test.describe('@phone', () => {
  test('the list and a job, in both schemes', async ({ page }) => {
    const agent = await newAgent('phone');
    const id = await newJob('On a phone', agent);
    await agent.tell({ type: 'begin', step: 0, steps: 30 });
    await tellSteps(agent, 1, 25);
    await agent.tell(
      { type: 'log', lines: ['a line that is long '.repeat(20)] },
      { type: 'notice', level: 'warning', text: 'The card is hot.' },
      { type: 'machine', cpu: 50, memory: 10e9, cards: [{ use: 90, memory: 9e9 }] },
      { type: 'rollouts', step: 20, first: 0, groups: [rolloutGroup(11, null), rolloutGroup(16, null)] },
    );
    await page.goto('/training');
    await expect(page.getByRole('link', { name: 'On a phone' }).first()).toBeVisible();
    await expectAccessible(page);
    await page.goto(`/training/${id}?step=20&group=0&response=0&with=nano-stage1`);
    await expect(page.locator('.response')).toHaveCount(16);
    await expect(page.getByRole('log')).toContainText('The card is hot.');
    await expect(page.getByText('half of the groups').or(page.getByText('60 % of the groups'))).toBeVisible();
    await page.getByText(/^Metrics/).click();
    await expectAccessible(page);
    await agent.sendCheckpoint(25);
    await agent.finish();
  });
});
