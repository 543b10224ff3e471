import { describe, expect, test } from 'vitest';
import { type Conversation, conversationSchema, type Reply, type Turn } from './conversation';

const reply = (modelId: string): Reply => ({
  id: 'reply-0001',
  modelId,
  text: '<think>One, two.</think>\n<answer>2</answer>',
  end: { why: 'stop' },
  figures: null,
  sampling: { temperature: 0, seed: 0 },
  frame: { width: 128, height: 128 },
});

const turn = (id: string, parentId: string | null, more: Partial<Turn> = {}): Turn => ({
  id,
  parentId,
  askedAt: '2026-11-24T12:00:00.000Z',
  question: 'How many objects are there?',
  promptId: 'seed-think',
  pictureId: null,
  truth: { kind: 'words', forms: ['2', 'two'], options: null },
  replies: [reply('browser:nano-base')],
  ...more,
});

const conversation = (more: Partial<Conversation> = {}): Conversation => ({
  format: 'ocean-r1/conversation',
  version: 1,
  id: 'conversation-1',
  title: 'How many objects are there?',
  createdAt: '2026-11-24T12:00:00.000Z',
  updatedAt: '2026-11-24T12:00:01.000Z',
  models: [{ id: 'browser:nano-base', label: 'Base', stage: 'base', checkpoint: 'nano-base' }],
  pictures: [
    { id: 'picture-1', url: 'data:image/png;base64,iVBORw0KGgo=', width: 448, height: 448, scene: null },
  ],
  turns: [turn('turn-0001', null, { pictureId: 'picture-1' }), turn('turn-0002', 'turn-0001')],
  currentId: 'turn-0002',
  ...more,
});

const problems = (value: unknown): string[] =>
  conversationSchema
    .safeParse(value)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('a stored conversation', () => {
  test('survives being written as JSON', () => {
    const stored = conversation();
    expect(conversationSchema.parse(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });

  test('names what it points at and does not have', () => {
    expect(problems(conversation({ currentId: 'turn-9999' }))).toEqual([
      'currentId: there is no turn “turn-9999”',
    ]);
    expect(problems(conversation({ pictures: [] }))).toEqual([
      'turns.0.pictureId: there is no picture “picture-1”',
    ]);
    expect(problems(conversation({ models: [] }))).toHaveLength(2);
  });

  test('has no circles: a parent stands before its turns', () => {
    const turns = [turn('turn-0001', 'turn-0002'), turn('turn-0002', 'turn-0001')];
    expect(problems(conversation({ turns }))).toEqual(['turns.0.parentId: there is no turn “turn-0002”']);
  });

  test.each([
    'https://example.org/spy.png',
    'javascript:alert(1)',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'data:text/html;base64,PHA+',
    'data:image/png;base64,iVBO"onload="x',
  ])('has no pictures but bitmaps within it: %s', (url) => {
    const pictures = [{ id: 'picture-1', url, width: 448, height: 448, scene: null }];
    expect(problems(conversation({ pictures }))).toHaveLength(1);
  });
});
