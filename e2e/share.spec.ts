import { readFileSync } from 'node:fs';
import type { Conversation } from '@/lib/chat/conversation';
import { expectAccessible } from './accessible';
import { type APIRequestContext, expect, type Page, test } from './test';
import { file, TOKEN } from './world';

/** A share link, from its making to its end. */

// A visitor of its own: the links that one may make in an hour are counted.
test.use({ extraHTTPHeaders: { 'x-forwarded-for': '192.0.2.6' } });

const HOSTILE = '<img src=x onerror="document.title=\'owned\'"> <script>document.title="owned"</script>';

function conversation(question: string): Conversation {
  const bytes = readFileSync(file('images/train2014/made_up_0.png'));
  return {
    format: 'ocean-r1/conversation',
    version: 1,
    id: 'conversation-1',
    title: question.slice(0, 80),
    createdAt: '2026-11-24T12:00:00.000Z',
    updatedAt: '2026-11-24T12:00:01.000Z',
    models: [
      { id: 'browser:nano-stage1', label: 'Nano, stage 1', stage: 'stage1', checkpoint: 'nano-stage1' },
    ],
    pictures: [
      {
        id: 'picture-1',
        url: `data:image/png;base64,${bytes.toString('base64')}`,
        width: 160,
        height: 120,
        scene: null,
      },
    ],
    turns: [
      {
        id: 'turn-0001',
        parentId: null,
        askedAt: '2026-11-24T12:00:00.000Z',
        question,
        promptId: 'seed-think',
        pictureId: 'picture-1',
        truth: null,
        replies: [
          {
            id: 'reply-0001',
            modelId: 'browser:nano-stage1',
            text: `<think>One by one.</think>\n<answer>There are 2. ${HOSTILE}</answer>`,
            end: { why: 'stop' },
            figures: null,
            sampling: { temperature: 0, seed: 0 },
            frame: { width: 128, height: 128 },
          },
        ],
      },
    ],
    currentId: 'turn-0001',
  };
}

async function share(request: APIRequestContext, question: string): Promise<{ id: string; secret: string }> {
  const response = await request.post('/api/trpc/share.create', {
    data: { json: { conversation: conversation(question) } },
  });
  expect(response.status()).toBe(200);
  return (await response.json()).result.data.json;
}
const revoke = (request: APIRequestContext, json: object, headers: Record<string, string> = {}) =>
  request.post('/api/trpc/share.revoke', { data: { json }, headers });

test.describe('@phone', () => {
  test('whoever has the link reads the snapshot, and its texts stay texts', async ({ page, request }) => {
    const { id } = await share(request, `How many? ${HOSTILE}`);
    const response = await page.goto(`/chat/s/${id}`);
    expect(response?.status()).toBe(200);
    await expect(page.locator('meta[name="robots"]')).toHaveAttribute('content', /noindex/);
    await expect(page.getByText('There are 2.').first()).toBeVisible();
    await expect(page.getByText('onerror').first()).toBeVisible();
    const picture = page.locator(`img[src="/api/chat/pictures/${id}/picture-1"]`).first();
    await expect(picture).toHaveJSProperty('naturalWidth', 160);
    expect(await page.title()).not.toBe('owned');
    await expectAccessible(page);
  });
});

test('a link that was revoked leads nowhere, nor do its pictures', async ({ page, request }) => {
  const { id, secret } = await share(request, 'How many?');
  expect((await revoke(request, { id, secret: 'x'.repeat(32) })).status()).toBe(400);
  expect((await page.goto(`/chat/s/${id}`))?.status()).toBe(200);
  expect((await revoke(request, { id, secret })).status()).toBe(200);
  expect((await page.goto(`/chat/s/${id}`))?.status()).toBe(404);
  await expect(page.getByText('Nothing is shared at this address')).toBeVisible();
  await expectAccessible(page);
  expect((await request.get(`/api/chat/pictures/${id}/picture-1`)).status()).toBe(404);
});

test('whoever runs the server revokes any', async ({ request }) => {
  const { id } = await share(request, 'How many?');
  expect((await revoke(request, { id, secret: null })).status()).toBe(400);
  expect((await revoke(request, { id, secret: null }, { authorization: `Bearer ${TOKEN}` })).status()).toBe(
    200,
  );
});

test('an address that was never a link is told so', async ({ page }) => {
  for (const path of ['/chat/s/none', `/chat/s/${'x'.repeat(22)}`, '/chat/s/%00']) {
    const response = await page.goto(path);
    expect([400, 404]).toContain(response?.status());
  }
});

test.describe('in the page', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  async function converse(page: Page): Promise<void> {
    await page.goto('/chat');
    await expect(page.getByRole('img', { name: /Ocean World/ })).toBeVisible();
    await page.getByRole('button', { name: / – change$|choose$/ }).click();
    await page.getByRole('button', { name: 'Only Steady 7B' }).click();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('textbox', { name: 'Your question' }).fill('How many objects are there?');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(page.getByText('12 tokens')).toBeVisible();
  }
  async function makeLink(page: Page): Promise<string> {
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    await expect(page.getByText('The link is made.')).toBeVisible();
    return ((await page.locator('.chat-link').textContent()) ?? '').trim();
  }

  test('a link is made when asked, shows to others what stood there, and is revoked', async ({
    page,
    browser,
  }) => {
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
    });
    await converse(page);
    expect(sent.filter((path) => path !== '/api/chat')).toEqual([]);
    const link = await makeLink(page);
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(link);

    const other = await (await browser.newContext()).newPage();
    expect((await other.goto(link))?.status()).toBe(200);
    await expect(other.getByRole('heading', { name: 'How many objects are there?' }).first()).toBeVisible();
    await expect(
      other.getByRole('article', { name: 'Steady 7B’s reply' }).locator('.chat-answer'),
    ).toHaveText('2');
    await expect(other.getByRole('img', { name: /Ocean World/ })).toHaveJSProperty('naturalWidth', 448);
    await expect(other.getByRole('button', { name: /Retry|Edit|Branch|Stop/ })).toHaveCount(0);

    // What made it knows it again after a reload, and takes it back.
    await page.reload();
    await expect(page.getByText('12 tokens')).toBeVisible();
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await expect(page.getByText('The link is revoked')).toBeVisible();
    expect((await other.goto(link))?.status()).toBe(404);
    await other.context().close();
  });

  test('deleting a conversation revokes its link', async ({ page, request }) => {
    await converse(page);
    const link = await makeLink(page);
    expect((await request.get(link)).status()).toBe(200);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Conversations' }).click();
    await page.getByRole('button', { name: /^Delete “/ }).click();
    await page.getByRole('button', { name: /^Delete it for good/ }).click();
    await expect(page.getByText('Nothing is kept yet')).toBeVisible();
    expect((await request.get(link)).status()).toBe(404);
  });
});
