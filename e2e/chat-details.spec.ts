import { expectAccessible } from './accessible';
import { signIn } from './by-api';
import { expect, type Page, test } from './test';
import { file } from './world';

/** What visitors of the chat, and of a preflight on a phone, stumbled over. */

const scene = '/chat?task=counting&seed=3221225475';
const askAll = (page: Page) => page.getByRole('button', { name: 'Ask all three' });
const ended = (page: Page) =>
  expect(page.locator('.chat-turn').last().getByText('WebAssembly')).toHaveCount(3, { timeout: 40_000 });

test('the address stays with its conversation, the focus with its question, and a branch has its own title', async ({
  page,
}) => {
  await page.goto(scene);
  await askAll(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.chat-turn').last().getByRole('heading', { level: 2 })).toBeFocused();
  await ended(page);
  await expect(page).toHaveURL(/\/chat\?c=\w+$/);
  const address = page.url();
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Try it' }).click();
  await expect(page).toHaveURL(address);

  const question = await page.locator('.chat-turn').last().getByRole('heading', { level: 2 }).textContent();
  await page.getByRole('button', { name: 'Branch' }).click();
  await expect(page).not.toHaveURL(address);
  await page.getByRole('button', { name: 'Conversations' }).click();
  const dialog = page.getByRole('dialog', { name: 'Conversations' });
  const titles = dialog.locator('.chat-list-open > span:first-child');
  await expect(titles).toHaveText([`Branch: ${question}`, question ?? '']);

  // Deleting asks first, and forgets that it did where nobody answers.
  const first = dialog.getByRole('listitem').first();
  await first.getByRole('button', { name: /^Delete “/ }).click();
  await first.getByRole('button', { name: /^Export/ }).focus();
  await expect(first.getByRole('button', { name: /^Delete “/ })).toBeVisible();
  await expect(titles).toHaveCount(2);
  await first.getByRole('button', { name: /^Delete “/ }).click();
  await first.getByRole('button', { name: /^Delete it for good\?/ }).click();
  await expect(titles).toHaveText([question ?? '']);
  await expectAccessible(page);
});

test('broken output is shown as broken', async ({ page }) => {
  const reply = (text: string) => ({
    id: `reply-${text.length}`,
    modelId: 'browser:nano-base',
    text,
    sampling: { temperature: 0, seed: 0 },
    frame: null,
    figures: null,
    end: { why: 'stop' },
  });
  const conversation = {
    format: 'ocean-r1/conversation',
    version: 1,
    id: 'broken-one',
    title: 'Broken',
    createdAt: '2026-05-04T10:00:00.000Z',
    updatedAt: '2026-05-04T10:00:00.000Z',
    models: [{ id: 'browser:nano-base', label: 'Base', stage: 'base', checkpoint: 'nano-base' }],
    pictures: [],
    turns: [
      {
        id: 'turn-broken',
        parentId: null,
        askedAt: '2026-05-04T10:00:00.000Z',
        question: 'Where is it?',
        promptId: 'plain',
        pictureId: null,
        truth: null,
        replies: [reply('<think>There.</think> Or</think> there: <answer>{"bbox_2d": [1, 2</answer>')],
      },
    ],
    currentId: 'turn-broken',
  };
  await page.goto(scene);
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.locator('input[accept*="json"]').setInputFiles({
    name: 'broken.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(conversation)),
  });
  await expect(page.getByRole('article', { name: 'Base’s reply' })).toContainText(
    'Broken output, shown as it is: a stray </think>; JSON that does not close.',
  );
});

test('a long question is read whole where it is written @phone', async ({ page }) => {
  await page.goto(scene);
  const field = page.getByLabel('Your question');
  await field.fill(
    'Which of the objects that stand on the table is the largest, and what is behind it? '.repeat(6),
  );
  const [shown, all] = await field.evaluate((element) => [element.clientHeight, element.scrollHeight]);
  expect(all).toBeLessThanOrEqual(shown ?? 0);
  await expectAccessible(page);
});

test('the pixels that boxes are in are said truly', async ({ page }) => {
  await page.goto(scene);
  await expect(
    page.getByText(/Models are given its 224 × 224 pixels; one that makes the picture smaller/),
  ).toBeVisible();
});

test('a preflight fits a phone @phone', async ({ page }) => {
  await signIn(page);
  // A file of a benchmark that is not installed: its sentence has a command in it.
  await page.locator('input[type=file]').setInputFiles({
    name: 'predictions-of-a-model-whose-name-is-longer-than-any-phone-is-wide.jsonl',
    mimeType: 'application/json',
    buffer: Buffer.from('{"benchmark":"cv-bench","split":"test"}\n{"sample_id":"0","output":"(A)"}\n'),
  });
  await expect(page.getByText('are not installed on this server')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Take another file' }).click();
  await page.locator('input[type=file]').setInputFiles(file('counting-boasting.json'));
  await expect(page.getByText('Recomputed here')).toBeVisible();
  await expectAccessible(page);
});
