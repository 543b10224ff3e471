import sharp from 'sharp';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Conversation, conversationSchema } from '@/lib/chat/conversation';
import { LIMITS } from '@/lib/chat/limits';
import {
  conversationToShare,
  MAX_SHARED_PICTURES,
  MAX_SHARED_TEXT,
  shareId,
  shareSecret,
} from '@/lib/chat/share';
import { share, sharedPicture } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { createShare, getShare, getSharedPicture, revokeShare } from './share';

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent';
});

const dataUrl = (bytes: Buffer, type: string) => `data:image/${type};base64,${bytes.toString('base64')}`;
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 20, b: 20 } } });
const png = dataUrl(await plain(448, 300).png().toBuffer(), 'png');

const picture = (id: string, url = png) => ({ id, url, width: 448, height: 300, scene: null });
const turn = (
  id: string,
  more: Partial<Conversation['turns'][number]> = {},
): Conversation['turns'][number] => ({
  id,
  parentId: null,
  askedAt: '2026-11-24T12:00:00.000Z',
  question: 'How many objects are there?',
  promptId: 'seed-think',
  pictureId: null,
  truth: null,
  replies: [
    {
      id: 'reply-0001',
      modelId: 'server:seven',
      text: '<think>One, two.</think>\n<answer>2</answer>',
      end: { why: 'stop' },
      figures: null,
      sampling: { temperature: 0, seed: 0 },
      frame: { width: 448, height: 308 },
    },
  ],
  ...more,
});
const conversation = (more: Partial<Conversation> = {}): Conversation => ({
  format: 'ocean-r1/conversation',
  version: 1,
  id: 'conversation-1',
  title: 'How many objects are there?',
  createdAt: '2026-11-24T12:00:00.000Z',
  updatedAt: '2026-11-24T12:00:01.000Z',
  models: [{ id: 'server:seven', label: 'Seven', stage: null, checkpoint: 'ocean-r1-7b' }],
  pictures: [picture('picture-1')],
  turns: [turn('turn-0001', { pictureId: 'picture-1' })],
  currentId: 'turn-0001',
  ...more,
});

const VISITOR = { role: 'visitor' } as const;
const WRITER = { role: 'writer' } as const;
const OTHER_SECRET = 'x'.repeat(32);

describe('what may be shared', () => {
  test('a conversation as it is stored', () => {
    expect(conversationToShare.parse(conversation())).toEqual(conversation());
  });

  test.each<[string, unknown, RegExp]>([
    ['more than a link may hold of pictures', fat(), /pictures are larger than the 8 MB/],
    [
      'more than a link may hold of text',
      conversation({
        turns: Array.from({ length: MAX_SHARED_TEXT / LIMITS.question + 1 }, (_, at) =>
          turn(`turn-${1000 + at}`, { question: 'x'.repeat(LIMITS.question) }),
        ),
        currentId: null,
      }),
      /text is longer than the 1 million/,
    ],
    [
      'two pictures of one name',
      conversation({ pictures: [picture('picture-1'), picture('picture-1')] }),
      /one id/,
    ],
    [
      'a picture elsewhere',
      conversation({ pictures: [picture('picture-1', 'https://evil.example/x.png')] }),
      /Invalid string/,
    ],
    [
      'a program',
      conversation({ pictures: [picture('picture-1', 'data:image/svg+xml;base64,AAAA')] }),
      /Invalid/,
    ],
    ['an id that is a path', conversation({ pictures: [picture('../../etc/x')] }), /Invalid/],
    ['fields of its own', { ...conversation(), html: '<script>' }, /Unrecognized key/],
    ['nothing', null, /expected object/],
  ])('not %s', (_, given, sentence) => {
    expect(() => conversationToShare.parse(given)).toThrow(sentence);
  });

  function fat(): Conversation {
    const url = `data:image/png;base64,${'A'.repeat(LIMITS.pictureUrl - 100)}`;
    const count = Math.floor(MAX_SHARED_PICTURES / url.length) + 1;
    return conversation({
      pictures: Array.from({ length: count }, (_, at) => picture(`picture-${at + 1}`, url)),
    });
  }
});

const visitor = (address: string) => ({ principal: { role: 'visitor' } as const, address });

describe.each(DRIVERS)('a share link, on $name', ({ name, skip, make }) => {
  const database = useTestDatabase({ skip, make });
  let made = 0;
  afterEach(async () => {
    if (!skip) await database.db.delete(share);
  });
  /** Each from another address: what one may make is a test of its own. */
  const create = (given = conversation()) => createShare(given, visitor(`${name} ${made++}`));

  test.skipIf(skip)('shows the snapshot, with its pictures at addresses of their own', async () => {
    const { id, secret } = await create();
    expect(shareId.safeParse(id).success).toBe(true);
    expect(shareSecret.safeParse(secret).success).toBe(true);
    const shared = await getShare(id);
    expect(shared.sharedAt).toBeInstanceOf(Date);
    const url = `/api/chat/pictures/${id}/picture-1`;
    expect(shared.conversation).toEqual(conversation({ pictures: [picture('picture-1', url)] }));
    const shown = await getSharedPicture(id, 'picture-1');
    expect(shown?.mediaType).toBe('image/png');
    expect(await sharp(shown?.bytes).metadata()).toMatchObject({ format: 'png', width: 448, height: 300 });
    expect(JSON.stringify(shared)).not.toContain(secret);
    const [row] = await database.db.select().from(share);
    expect(JSON.stringify(row)).not.toContain(secret);
  });

  test.skipIf(skip)('holds no more of a picture than its pixels, at a bounded size', async () => {
    const large = await plain(4_000, 2_000)
      .withExif({ IFD0: { ImageDescription: 'where I live' } })
      .jpeg()
      .toBuffer();
    expect(large.toString('latin1')).toContain('where I live');
    const { id } = await create(conversation({ pictures: [picture('picture-1', dataUrl(large, 'jpeg'))] }));
    const shown = await getSharedPicture(id, 'picture-1');
    expect(Buffer.from(shown?.bytes ?? []).toString('latin1')).not.toContain('where I live');
    expect((await getShare(id)).conversation.pictures[0]).toMatchObject({ width: 1_536, height: 768 });
    expect(await sharp(shown?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 1_536, height: 768 });
  });

  test.skipIf(skip)('is not made of what only calls itself a picture', async () => {
    const program = dataUrl(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'png');
    await expect(create(conversation({ pictures: [picture('picture-1', program)] }))).rejects.toMatchObject({
      kind: 'refused',
    });
    expect(await database.db.$count(share)).toBe(0);
  });

  test.skipIf(skip)(
    'keeps texts that are hostile as they are, and those that Postgres cannot keep as it can',
    async () => {
      const question = `<script>alert(1)</script> '; drop table share; -- \0 \ud800 𝒳`;
      const { id } = await create(conversation({ turns: [turn('turn-0001', { question })] }));
      const [shown] = (await getShare(id)).conversation.turns;
      expect(shown?.question).toBe(`<script>alert(1)</script> '; drop table share; -- \ufffd \ufffd 𝒳`);
    },
  );

  test.skipIf(skip)('is revoked by its secret, pictures and all', async () => {
    const { id, secret } = await create();
    const other = await create();
    await expect(revokeShare(id, OTHER_SECRET, VISITOR)).rejects.toMatchObject({ kind: 'refused' });
    await expect(revokeShare(id, other.secret, VISITOR)).rejects.toMatchObject({ kind: 'refused' });
    await expect(revokeShare(id, null, VISITOR)).rejects.toMatchObject({ kind: 'refused' });
    await revokeShare(id, secret, VISITOR);
    await expect(getShare(id)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await getSharedPicture(id, 'picture-1')).toBeNull();
    await expect(revokeShare(id, secret, VISITOR)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await database.db.$count(sharedPicture)).toBe(1);
    expect((await getShare(other.id)).conversation.title).toBe('How many objects are there?');
  });

  test.skipIf(skip)('is revoked by the writer without', async () => {
    const { id } = await create();
    await revokeShare(id, null, WRITER);
    await expect(getShare(id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test.skipIf(skip)('is one of ten that a visitor makes in an hour', async () => {
    const empty = conversation({ pictures: [], turns: [turn('turn-0001')] });
    for (let times = 0; times < 10; times++) await createShare(empty, visitor(`busy ${name}`));
    await expect(createShare(empty, visitor(`busy ${name}`))).rejects.toThrow(
      /Many links were made .* Try again in 60 min/,
    );
    await create(empty);
  });

  test.skipIf(skip)('is not made once the server keeps all that it may', async () => {
    const { id } = await create();
    await database.db.update(share).set({ bytes: 2_000_000_000 });
    await expect(create()).rejects.toThrow(/as many shared conversations as it can/);
    await revokeShare(id, null, WRITER);
    await create();
  });

  test.skipIf(skip)('shows what its schema takes', async () => {
    const { id } = await create();
    const { conversation: shown } = await getShare(id);
    const pictures = shown.pictures.map((each) => ({ ...each, url: png }));
    expect(conversationSchema.safeParse({ ...shown, pictures }).success).toBe(true);
  });
});
