import { readFileSync } from 'node:fs';
import { conversationSchema } from '../lib/chat/conversation';
import { sceneQuestions } from '../lib/chat/scene-questions';
import { truthText } from '../lib/chat/verdict';
import type { Task } from '../lib/world/question';
import { seedIn } from '../lib/world/scene';
import { ask as askWorld } from '../lib/world/world';
import { expectAccessible } from './accessible';
import { MODEL_PORT, type Seen } from './model-server';
import { offeredModels } from './models';
import { expect, type Locator, type Page, test } from './test';
import { file, picture } from './world';

/**
 * The chat, driven with the models that are there, in the browser's own engine. What is expected holds whatever they say:
 * for trained ones and for weights by lot.
 */

const models = offeredModels();
test.skip(models.length === 0, 'no model is exported into public/models');
test.describe.configure({ timeout: 180_000 });

const seed = (n: number) => seedIn('test', n);
const known = (task: Task, n = 0) => sceneQuestions(askWorld(task, seed(n), 224), 224);
const open = (page: Page, task: Task, n = 0) => page.goto(`/chat?task=${task}&seed=${seed(n)}`);

const questions = (page: Page) => page.getByRole('heading', { level: 2 }).and(page.locator('.chat-question'));
const turn = (page: Page, nth: number) => page.locator('.chat-turn').nth(nth);
const columns = (within: Page | Locator) => within.getByRole('article');
const askAll = (page: Page) => page.getByRole('button', { name: /^Ask (all|both|Base)/ });
const composer = (page: Page) => page.getByLabel('Your question');

async function ask(page: Page, question: string): Promise<void> {
  await composer(page).fill(question);
  await composer(page).press('Enter');
}

/** All replies of a turn have ended. */
async function ended(page: Page, nth = 0, count = models.length): Promise<void> {
  await expect(columns(turn(page, nth))).toHaveCount(count);
  await expect(turn(page, nth).locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 120_000 });
}

async function only(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: /change$/ }).click();
  await page.getByRole('button', { name: `Only ${label}` }).click();
  await page.getByRole('button', { name: 'Close' }).click();
}

test('base, stage 1 and stage 2 answer side by side, are judged by the true answer, and follow up', async ({
  page,
}) => {
  const { asked, further } = known('counting', 3);
  await open(page, 'counting', 3);
  await expect(questions(page)).toHaveText(asked.question);
  await expect(page.getByText(/^The first question downloads \d/)).toBeVisible();
  await askAll(page).click();
  await ended(page);
  const truth = asked.truth === null ? '' : truthText(asked.truth);
  await expect(turn(page, 0)).toContainText(`The true answer is ${truth}.`);
  for (const column of await columns(turn(page, 0)).all()) {
    await expect(column).toContainText(/✓ right|✗ wrong/);
    await expect(column).toContainText(/\d tokens · .*first after .*WebAssembly, our own kernels/);
  }
  await expect(page.getByText(/^Right so far/)).toContainText(' of 1');
  await expect(page.getByText(/^The first question downloads/)).toHaveCount(0);

  // The picture is kept by the engine, and a question that the world asks is judged again.
  const next = further.find(({ truth }) => truth !== null);
  await page.getByRole('button', { name: next?.question ?? '', exact: true }).click();
  await ended(page, 1);
  for (const column of await columns(turn(page, 1)).all())
    await expect(column).toContainText('kept from before');
  await expect(turn(page, 1)).toContainText('The true answer is');
  // Words of one's own are asked too; nobody knows their answer.
  await ask(page, 'And what else do you see?');
  await ended(page, 2);
  await expect(turn(page, 2)).not.toContainText('The true answer is');
});

test('a reply can be stopped, and the engine answers on', async ({ page }) => {
  await open(page, 'counting');
  await askAll(page).click();
  // A fast model may have ended before; either way nothing is left running.
  await page
    .getByRole('button', { name: 'Stop', exact: true })
    .click({ timeout: 20_000 })
    .catch(() => {});
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 5_000 });
  await ask(page, 'How many objects are there?');
  await ended(page, 1);
  await expect(turn(page, 1).getByText('WebAssembly').first()).toBeVisible();
  await columns(turn(page, 1))
    .first()
    .getByRole('button', { name: /^Another answer/ })
    .click();
  await expect(columns(turn(page, 1)).first()).toContainText('2 of 2');
  await ended(page, 1);
  await expect(columns(turn(page, 1)).first()).toContainText('drawn at temperature 0.8');
});

test('an edited question stands beside its earlier version; a branch is a conversation of its own', async ({
  page,
}) => {
  await open(page, 'counting');
  await only(page, 'Base');
  await askAll(page).click();
  await ended(page, 0, 1);
  await ask(page, 'Second?');
  await ended(page, 1, 1);
  await turn(page, 0).getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('The question, to be put anew').fill('First, put anew?');
  await page.getByRole('button', { name: 'Ask again' }).click();
  await ended(page, 0, 1);
  await expect(questions(page)).toHaveText(['First, put anew?']);
  await turn(page, 0).getByRole('button', { name: 'Earlier' }).click();
  await expect(questions(page)).toHaveText([known('counting').asked.question, 'Second?']);
  const address = page.url();
  await turn(page, 0).getByRole('button', { name: 'Branch' }).click();
  await expect(questions(page)).toHaveCount(1);
  expect(page.url()).not.toBe(address);
});

test('a picture of one’s own is asked about, with a word on what Nano knows', async ({ page }) => {
  await open(page, 'text');
  await page.locator('input[accept="image/*"]').setInputFiles(file('images/train2014/made_up_0.png'));
  await expect(page.getByRole('img', { name: /160 by 120 pixels/ })).toBeVisible();
  await expect(page.getByText('Nano has seen nothing but the scenes of Ocean World')).toBeVisible();
  await only(page, 'Stage 2');
  await ask(page, 'Give the bounding box of the sky.');
  await ended(page, 0, 1);
  await expect(columns(page)).toHaveCount(1);
  await expect(columns(page)).toContainText('nano-stage2');
});

test('a new picture is seen for itself, whatever was said of the one before', async ({ page }) => {
  const own = file('images/train2014/made_up_0.png');
  const question = 'How many objects are there?';
  const answers: (string | null)[] = [];
  for (const first of ['a scene is asked about', 'nothing is']) {
    await open(page, 'counting');
    await only(page, 'Stage 2');
    if (first === 'a scene is asked about') {
      await page.getByRole('button', { name: 'Ask Stage 2' }).click();
      await ended(page, 0, 1);
    }
    await page.locator('input[accept="image/*"]').setInputFiles(own);
    await expect(page.getByRole('img', { name: /160 by 120 pixels/ })).toBeVisible();
    await ask(page, question);
    await expect(questions(page).last()).toHaveText(question);
    await ended(page, (await questions(page).count()) - 1, 1);
    answers.push(await columns(page).last().locator('.chat-answer').textContent());
  }
  expect(answers[0]).toBe(answers[1]);
});

test('a picture is dropped and pasted', async ({ page }) => {
  await open(page, 'text');
  await expect(askAll(page)).toBeVisible();
  const base64 = picture().toString('base64');
  for (const kind of ['drop', 'paste'] as const) {
    await page.evaluate(
      ([kind, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], 'a.png', { type: 'image/png' }));
        window.dispatchEvent(
          kind === 'drop'
            ? new DragEvent('drop', { dataTransfer: data, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: data, cancelable: true }),
        );
      },
      [kind, base64] as const,
    );
    await expect(page.getByRole('img', { name: /160 by 120 pixels/ })).toBeVisible();
    await page.getByRole('button', { name: 'Roll a scene' }).click();
    await expect(page.getByRole('img', { name: /scene of Ocean World/ })).toBeVisible();
  }
});

test('files that are no pictures, or too large, are told in a sentence, and the page goes on', async ({
  page,
}) => {
  const huge = picture();
  huge.writeUInt32BE(30_000, 16);
  huge.writeUInt32BE(30_000, 20);
  const cases: [string, Buffer, string][] = [
    [
      'drawing.svg',
      Buffer.from('<svg onload="document.title=\'owned\'"><script>alert(1)</script></svg>'),
      'is an SVG',
    ],
    [
      'photo.heic',
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'),
      'is a HEIC, which browsers cannot open',
    ],
    ['liar.png', Buffer.from('%PDF-1.7 and more'), 'is a PDF, not a picture'],
    ['huge.png', huge, 'is 30,000 × 30,000 pixels'],
    ['broken.png', picture().subarray(0, 60), 'this browser cannot open it'],
    ['empty.png', Buffer.alloc(0), 'is empty'],
  ];
  await open(page, 'text');
  await expect(askAll(page)).toBeVisible();
  for (const [name, buffer, sentence] of cases) {
    await page.locator('input[accept="image/*"]').setInputFiles({ name, mimeType: 'image/png', buffer });
    await expect(page.getByRole('alert').filter({ hasText: sentence })).toContainText(`“${name}”`);
  }
  expect(await page.title()).not.toBe('owned');
  await only(page, 'Base');
  await askAll(page).click();
  await ended(page, 0, 1);
});

test('a question of 100,000 characters, and one of more tokens than the model reads', async ({ page }) => {
  await open(page, 'text');
  await only(page, 'Base');
  await composer(page).fill('x'.repeat(100_000));
  await expect(
    page.getByRole('alert').filter({ hasText: 'A question has at most 10,000 characters' }),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled();
  await ask(page, '1 '.repeat(4_900));
  // The model is opened first, which may take longer than what is on the page already.
  await expect(columns(page).getByRole('alert')).toContainText(
    /The conversation has (at least )?\d+ tokens/,
    {
      timeout: 30_000,
    },
  );
  await ask(page, 'And now?');
  await ended(page, 1, 1);
  await expect(columns(turn(page, 1))).toContainText('WebAssembly');
});

test('a conversation is kept in this browser, exported, opened again, and deleted', async ({ page }) => {
  await open(page, 'referring');
  await askAll(page).click();
  await ended(page);
  await expect(page).toHaveURL(/\/chat\?c=\w+$/);
  const before = await columns(page).allInnerTexts();
  await page.reload();
  await expect(questions(page)).toHaveText(known('referring').asked.question);
  expect(await columns(page).allInnerTexts()).toEqual(before);

  await page.getByRole('button', { name: 'Conversations' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Export/ }).click(),
  ]);
  const exported = await download.path();
  expect(conversationSchema.parse(JSON.parse(readFileSync(exported, 'utf8'))).turns).toHaveLength(1);

  await page.getByRole('button', { name: /^Delete “/ }).click();
  await page.getByRole('button', { name: /^Delete it for good/ }).click();
  await expect(page.getByText('Nothing is kept yet')).toBeVisible();
  const chooser = page.locator('input[accept*="json"]');
  await chooser.setInputFiles({
    name: 'no.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"a":1}'),
  });
  await expect(
    page.getByRole('alert').filter({ hasText: 'It is no conversation of this page' }),
  ).toBeVisible();
  await chooser.setInputFiles(exported);
  await expect(questions(page)).toHaveText(known('referring').asked.question);
  expect(await columns(page).allInnerTexts()).toEqual(before);
});

test('after the first load it answers without a network', async ({ page, context }) => {
  // What a further scene may need is fetched once the replies have ended; the file has this name in it.
  const further = page.waitForResponse(
    async (response) =>
      response.url().includes('/_next/static/chunks/') && (await response.text()).includes('isosceles-apex'),
  );
  await open(page, 'counting');
  await askAll(page).click();
  await ended(page);
  await (await further).finished();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Roll a scene' }).click();
  await expect(askAll(page)).toBeVisible();
  await askAll(page).click();
  await ended(page);
  for (const column of await columns(page).all()) await expect(column).toContainText('WebAssembly');
});

test('a model with a file that is not there says so; the others answer', async ({ page }) => {
  await page.route('**/models/nano-base/config.json', (route) => route.fulfill({ status: 404 }));
  await open(page, 'counting');
  await askAll(page).click();
  await ended(page);
  await expect(columns(page).nth(0).getByRole('alert')).toContainText('config.json');
  await expect(columns(page).nth(1)).toContainText('WebAssembly');
  await page.unroute('**/models/nano-base/config.json');
  await columns(page).nth(0).getByRole('button', { name: 'Retry from Base' }).click();
  await ended(page);
  await expect(columns(page).nth(0)).toContainText('WebAssembly');
});

test('an engine that dies loses at most the reply that it was writing', async ({ page }) => {
  await open(page, 'counting');
  await askAll(page).click();
  await ended(page);
  const engine = page.workers().find((worker) => worker.url().endsWith('/vlm/worker.js'));
  await Promise.all([
    ask(page, 'Describe all that you see, one by one.'),
    engine?.evaluate(() => self.close()).catch(() => {}),
  ]);
  await ended(page, 1);
  const replies = await columns(turn(page, 1)).allInnerTexts();
  expect(replies.filter((text) => !text.includes('WebAssembly')).length).toBeLessThanOrEqual(1);
  await ask(page, 'How many objects are there?');
  await ended(page, 2);
  for (const column of await columns(turn(page, 2)).all()) await expect(column).toContainText('WebAssembly');
});

test('downloads are told, kept, and removed', async ({ page }) => {
  await open(page, 'counting');
  await only(page, 'Base');
  await askAll(page).click();
  await ended(page, 0, 1);
  await page.getByRole('button', { name: /change$/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Who answers' });
  await expect(dialog).toContainText('downloaded');
  await expect(dialog).toContainText(/MB are kept in this browser/);
  await expect(dialog).toContainText('WebAssembly computes here.');
  await dialog.getByRole('button', { name: 'Remove the downloads' }).click();
  await expect(dialog).toContainText('Nothing is downloaded yet.');
});

test('a model behind a server answers in the same columns; one that breaks off leaves what came', async ({
  page,
}) => {
  await open(page, 'counting');
  await only(page, 'Steady 7B');
  await askAll(page)
    .or(page.getByRole('button', { name: 'Ask Steady 7B' }))
    .first()
    .click();
  await ended(page, 0, 1);
  await expect(columns(page)).toContainText('ocean-r1-7b-instruct');
  await expect(columns(page).locator('.chat-answer')).toHaveText('2');
  const seen: Seen = await (await fetch(`http://127.0.0.1:${MODEL_PORT}/seen`)).json();
  expect(JSON.stringify(seen.last?.messages)).toContain('data:image/');

  await only(page, 'Breaking 3B');
  await ask(page, 'How many objects are there?');
  await ended(page, 1, 1);
  await expect(columns(turn(page, 1)).getByRole('alert')).toBeVisible();
  await columns(turn(page, 1)).getByRole('button', { name: 'Retry from Breaking 3B' }).click();
  await expect(columns(turn(page, 1)).locator('.chat-answer')).toHaveText('2');
});

test('a conversation is shared when asked, and the link is revoked', async ({ page, browser }) => {
  await open(page, 'referring');
  await only(page, 'Base');
  await askAll(page).click();
  await ended(page, 0, 1);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this conversation' });
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  const link = (await dialog.locator('code').textContent()) ?? '';
  expect(link).toContain('/chat/s/');
  const other = await browser.newContext();
  const reader = await other.newPage();
  await reader.goto(link);
  await expect(reader.getByRole('heading', { level: 1 })).toHaveText(known('referring').asked.question);
  await expect(columns(reader)).toHaveCount(1);
  await expect(reader.getByRole('button', { name: /Edit|Retry|Another/ })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Revoke it' }).click();
  await expect(dialog).toContainText('The link is revoked');
  await reader.reload();
  await expect(reader.getByText('Nothing is shared at this address')).toBeVisible();
  await other.close();
});

test.describe('@phone', () => {
  test('the page before a question, and with one answered, is accessible and told by sentences', async ({
    page,
  }) => {
    await open(page, 'referring');
    await expect(askAll(page)).toBeVisible();
    await expectAccessible(page);
    // By keyboard alone.
    await askAll(page).focus();
    await page.keyboard.press('Enter');
    await ended(page);
    const log = page.getByRole('log', { name: 'Replies as they come' });
    for (const { stage } of models)
      await expect(log).toContainText(
        new RegExp(`${{ base: 'Base', stage1: 'Stage 1', stage2: 'Stage 2' }[stage]} is (right|wrong)\\.`),
      );
    await expectAccessible(page);
    await page.getByRole('button', { name: /change$/ }).click();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Conversations' }).click();
    await expect(page.getByRole('button', { name: /^Export/ })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Camera', exact: true }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
    await expectAccessible(page);
  });
});

test('what Nano was not taught, and what it is weak at, is said before its answers', async ({ page }) => {
  await page.goto('/world?task=counting');
  await page.getByRole('link', { name: 'Ask Nano' }).click();
  await expect(askAll(page)).toBeVisible({ timeout: 20_000 });
  await page.getByRole('link', { name: 'existence' }).click();
  await expect(questions(page)).toHaveText(
    'There is one yellow object. Is there a small cylinder in front of it?',
  );
  await ask(page, 'Who took this photo?');
  await expect(turn(page, 0).locator('.chat-notice')).toHaveText(
    'Nano was not taught to answer questions like this. It answers something anyway.',
  );
  await ended(page);
  await ask(page, 'How many cubes are there?');
  await expect(turn(page, 1).locator('.chat-notice')).toHaveCount(0);
  await expectAccessible(page);
  await open(page, 'chart');
  await askAll(page).click();
  await expect(turn(page, 0).locator('.chat-notice')).toContainText(
    /weak at this: of 200 unseen chart questions Stage 2 answers \d+\.\d % right/,
  );
});
