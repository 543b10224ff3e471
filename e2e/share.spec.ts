import { readFileSync } from 'node:fs';
import { type APIRequestContext, expect, test } from '@playwright/test';
import type { Conversation } from '@/lib/chat/conversation';
import { expectAccessible } from './accessible';
import { file, TOKEN } from './world';

/** A share link, from its making to its end. Making one in the page: chat.spec.ts. */

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
