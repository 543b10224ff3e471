import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './accessible';
import { expect, type Page, test } from './test';
import { DATA, file, ROOT, TOKEN } from './world';

/** Ocean World as a benchmark: questions by the command line, predictions in the browser, samples with their pictures. */

interface Question {
  sample_id: string;
  gold: string | readonly string[] | readonly [number, number, number, number];
  tags: { task: string };
  prompt: string;
  image: string;
}

/** The questions as a researcher gets them. */
function questions(split: string): readonly Question[] {
  const ocean = join(ROOT, 'cli', 'bin.mjs');
  const lines = execFileSync(
    process.execPath,
    [ocean, 'benchmarks', 'samples', 'ocean-world', '--split', split],
    {
      env: { ...process.env, OCEAN_DATA_DIR: DATA },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const isBox = ({ gold }: Question) => typeof gold !== 'string' && typeof gold[0] === 'number';
const right = (question: Question) => {
  const { gold } = question;
  return isBox(question) ? JSON.stringify({ bbox_2d: gold }) : typeof gold === 'string' ? gold : gold[0];
};

function write(name: string, asked: readonly Question[], answer: (question: Question) => unknown): void {
  const rows = asked.map((question) => ({
    sample_id: question.sample_id,
    output: `<think>I look at it.</think>\n<answer>${answer(question)}</answer>`,
  }));
  writeFileSync(file(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

async function submit(page: Page, name: string, model: string): Promise<void> {
  await page.goto('/submit');
  await page.getByLabel('Write token').fill(TOKEN);
  await page.getByRole('button', { name: 'Use token' }).click();
  await expect(page.getByText('This browser may submit, publish and discard.')).toBeVisible();
  await page.locator('input[type=file]').setInputFiles(file(name));
  await page.getByLabel('A new one').check();
  await page.getByLabel('Name', { exact: true }).fill(model);
  await page.getByLabel('Family').fill('Made up');
  await page.getByLabel('Parameters, in billions').fill('1');
  await page.getByLabel('Greedy').check();
  await page.getByRole('button', { name: 'Score 2,000 samples' }).click();
  await expect(page.getByRole('heading', { name: 'A draft, seen by you alone' })).toBeVisible({
    timeout: 60_000,
  });
}

const sample = (page: Page) => page.getByRole('region', { name: 'The open sample' });

/** Opens the first sample of the list and waits for its picture. */
async function openFirst(page: Page): Promise<void> {
  await page.getByRole('listbox', { name: 'Samples' }).getByRole('option').first().click();
  const picture = sample(page).locator('img');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(224);
}

test('the benchmark says what it is and how its questions are had @phone', async ({ page }) => {
  await page.goto('/leaderboard');
  await expect(page.getByRole('columnheader', { name: /Ocean World/ })).toBeAttached();
  await page.goto('/leaderboard/ocean-world');
  await expect(page.getByText('ocean-world/exact@1').first()).toBeVisible();
  await expect(page.getByText(/benchmarks samples ocean-world/)).toBeVisible();
  await expectAccessible(page);
});

test('right answers score 100, are broken down, and are published into a column of their own', async ({
  page,
}) => {
  test.setTimeout(180_000);
  write('world-oracle.jsonl', questions('test'), right);
  await submit(page, 'world-oracle.jsonl', 'Oracle 1B');
  await expect(page.locator('.run-figure')).toContainText('100');
  const breakdown = page.getByRole('region', { name: 'Breakdown' });
  for (const group of ['counting', 'geometric reasoning', 'unseen'])
    await expect(breakdown.getByRole('row', { name: new RegExp(`^${group} `) })).toContainText('100');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('recomputed here from 2,000 samples').first()).toBeVisible();
  // The board before is shown until the next is made.
  await expect(async () => {
    await page.goto('/leaderboard');
    await expect(page.getByRole('row', { name: /Oracle 1B/ })).toContainText('100.0');
  }).toPass();
});

test('wrong boxes are drawn beside the gold ones, on the picture that the seed gives', async ({ page }) => {
  test.setTimeout(180_000);
  const asked = questions('test-hard');
  write('world-middle.jsonl', asked, (question) => (isBox(question) ? '[56, 56, 168, 168]' : 'A'));
  await submit(page, 'world-middle.jsonl', 'Middle 1B');
  const group = page.getByRole('region', { name: 'Breakdown' }).getByRole('link', { name: 'referring' });
  await page.goto((await group.getAttribute('href')) ?? '');
  await openFirst(page);
  await expect(sample(page)).toContainText('gold (solid)');
  await expect(sample(page)).toContainText('answer (dashed) [56, 56, 168, 168]');
  await expect(sample(page).locator('svg rect')).not.toHaveCount(0);
  await expectAccessible(page);

  const [choice] = asked.filter(({ tags }) => tags.task === 'relation');
  await page.goto(`${new URL(page.url()).pathname}?sample=${choice?.sample_id}`);
  await expect(sample(page).locator('.option-gold')).toBeVisible();
});
