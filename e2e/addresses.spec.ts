import { NANO_CHECKPOINTS } from '../server/models/nano';
import { expect, test } from './test';

/** Addresses that people have: links in papers, scripts, bookmarks. Each answers as it did; a new one is added, none goes. */
const PAGES = [
  ['/', 'first to reason, then to perceive'],
  ['/leaderboard', 'Leaderboard'],
  ['/leaderboard/geoqa', 'GEOQA'],
  ['/leaderboard/math-vision', 'MathVision'],
  ['/leaderboard/ocean-world', 'Ocean World'],
  ['/runs/reported-ocean-r1-7b-instruct-geoqa', 'Ocean-R1-7B-Instruct'],
  ['/chat', 'Try it'],
  ['/submit', 'Submit'],
  ['/world', 'Ocean World'],
] as const;

for (const [address, words] of PAGES)
  test(`${address} is a page`, async ({ request }) => {
    const response = await request.get(address);
    expect(response.status()).toBe(200);
    expect(await response.text()).toContain(words);
  });

test('/leaderboard leads to the board', async ({ page }) => {
  await page.goto('/leaderboard?q=ocean');
  await expect(page.getByRole('row', { name: /Ocean-R1-7B-Instruct/ })).toBeVisible();
});

test('the board’s views are found by links of before: at the front, with stages by their numbers', async ({
  page,
}) => {
  await page.goto('/?stage=1');
  await expect(page).toHaveURL('/leaderboard?stage=1');
  await expect(page.locator('tr[data-checkpoint]').first()).toBeVisible();
});

test('what is none of these says so', async ({ request }) => {
  for (const address of ['/none', '/runs/none', '/leaderboard/none', '/chat/s/none'])
    expect((await request.get(address)).status(), address).toBe(404);
});

test('files and doors that programs use are there', async ({ request }) => {
  expect(await (await request.get('/api/health')).json()).toMatchObject({ status: 'up' });
  const exported = await request.get('/leaderboard/export?format=json');
  expect(exported.headers()['content-type']).toContain('application/json');
  expect((await request.get('/models/models.json')).status()).toBe(200);
  for (const { browserModel } of NANO_CHECKPOINTS)
    expect((await request.get(`/models/${browserModel}/config.json`)).status(), `${browserModel}`).toBe(200);
  const board = await request.get('/api/trpc/leaderboard.board');
  expect(await board.json()).toHaveProperty('result.data.json.rows');
});
