import { describe, expect, test, vi } from 'vitest';
import type { ChatModel, Conversation } from '@/lib/chat/conversation';
import { conversationSchema } from '@/lib/chat/conversation';
import { newConversation, shownTurns } from '@/lib/chat/turns';
import { ChatSession, type TurnRequest } from './chat-session';
import type { Heard, ReplySource } from './reply-source';

const model = (id: string): ChatModel => ({ id, label: id, stage: null, checkpoint: id });
const base = model('browser:nano-base');
const stage1 = model('browser:nano-stage1');
const server = model('server:big');

const figures = {
  promptTokens: 9,
  reusedTokens: 0,
  tokens: 3,
  firstTokenMs: 1,
  totalMs: 2,
  engine: 'a test',
};
const text = (words: string): Heard => ({ type: 'text', text: words });
const stop: Heard = { type: 'ended', end: { why: 'stop' }, figures };

/** A source that says what it is given, and holds before each piece until it is let on. */
function held(pieces: readonly (Heard | Error)[]) {
  const turns: (() => void)[] = [];
  const begun = vi.fn();
  const source: ReplySource = async function* ({ messages }) {
    begun(messages);
    for (const piece of pieces) {
      await new Promise<void>((resolve) => turns.push(resolve));
      if (piece instanceof Error) throw piece;
      yield piece;
    }
  };
  return {
    source,
    begun,
    next: () => vi.waitUntil(() => turns.shift(), { interval: 1 }).then((go) => go?.()),
  };
}

const atOnce = (pieces: readonly (Heard | Error)[]): ReplySource =>
  async function* () {
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece;
      yield piece;
    }
  };

function opened(sources: Record<string, ReplySource>) {
  const saved: Conversation[] = [];
  const session = new ChatSession(
    newConversation('conversation-1', new Date(0)),
    ({ id }) => sources[id] ?? atOnce([new Error(`no ${id}`)]),
    (conversation) => saved.push(conversation),
  );
  const asked = (more: Partial<TurnRequest> = {}): TurnRequest => ({
    question: 'How many?',
    promptId: 'plain',
    truth: { kind: 'words', forms: ['2'], options: null },
    parentId: null,
    picture: null,
    models: [base],
    ...more,
  });
  const replies = () => shownTurns(session.state().conversation).flatMap((turn) => turn.replies);
  const idle = () => vi.waitUntil(() => session.state().activity.size === 0, { interval: 1 });
  return { session, saved, asked, replies, idle };
}

describe('a question', () => {
  test('is answered by each model, judged, counted and saved', async () => {
    const { session, saved, asked, replies, idle } = opened({
      [base.id]: atOnce([text('<think>hm</think>'), text('<answer>2</answer>'), stop]),
      [stage1.id]: atOnce([text('<answer>3</answer>'), stop]),
    });
    expect(session.ask(asked({ models: [base, stage1] }))).toBeNull();
    expect(replies().map(({ end }) => end)).toEqual([null, null]);
    await idle();
    expect(replies()).toMatchObject([
      { text: '<think>hm</think><answer>2</answer>', end: { why: 'stop' }, figures: { tokens: 3 } },
      { text: '<answer>3</answer>', end: { why: 'stop' }, figures: { thinkingMs: null } },
    ]);
    expect(replies()[0]?.figures?.thinkingMs).toBeGreaterThanOrEqual(0);
    expect([...session.state().tally]).toEqual([
      [base.id, { right: 1, of: 1 }],
      [stage1.id, { right: 0, of: 1 }],
    ]);
    expect(conversationSchema.parse(saved.at(-1))).toEqual(session.state().conversation);
  });

  test('waits for the models of this browser one by one, and for none of a server’s', async () => {
    const first = held([text('a'), stop]);
    const second = held([text('b'), stop]);
    const other = held([text('c'), stop]);
    const { session, asked, idle } = opened({
      [base.id]: first.source,
      [stage1.id]: second.source,
      [server.id]: other.source,
    });
    session.ask(asked({ models: [base, stage1, server] }));
    await vi.waitUntil(() => first.begun.mock.calls.length === 1 && other.begun.mock.calls.length === 1);
    expect(second.begun).not.toHaveBeenCalled();
    await first.next();
    await first.next();
    await vi.waitUntil(() => second.begun.mock.calls.length === 1);
    for (const each of [second, second, other, other]) await each.next();
    await idle();
  });

  test('that fails says why and keeps what came; the next model answers all the same', async () => {
    const { session, asked, replies, idle } = opened({
      [base.id]: atOnce([text('half'), new Error('The engine broke down.')]),
      [stage1.id]: atOnce([text('whole'), stop]),
    });
    session.ask(asked({ models: [base, stage1] }));
    await idle();
    expect(replies()).toMatchObject([
      { text: 'half', end: { why: 'failed', message: 'The engine broke down.' } },
      { text: 'whole', end: { why: 'stop' } },
    ]);
  });

  test('has its further tries behind the first, which alone are counted', async () => {
    const { session, asked, replies, idle } = opened({ [base.id]: atOnce([text('2'), stop]) });
    session.ask(asked());
    await idle();
    const [turn] = shownTurns(session.state().conversation);
    session.retry(turn?.id ?? '', base, { temperature: 0.8, seed: 5 });
    await idle();
    expect(replies().map(({ sampling }) => sampling.temperature)).toEqual([0, 0.8]);
    expect(session.state().tally.get(base.id)).toEqual({ right: 1, of: 1 });
  });

  test('is refused where the conversation is full', () => {
    const { session, asked } = opened({});
    const full = newConversation('conversation-2', new Date(0));
    const turns = Array.from({ length: 200 }, (_, at) => ({
      id: `turn-${String(at).padStart(4, '0')}`,
      parentId: null,
      askedAt: new Date(0).toISOString(),
      question: 'x',
      promptId: 'plain' as const,
      pictureId: null,
      truth: null,
      replies: [],
    }));
    session.open({ ...full, turns });
    expect(session.ask(asked())).toContain('begin a new one');
  });
});

describe('stopping', () => {
  test('keeps what came, at any piece, and leaves the others to go on', async () => {
    const first = held([text('one '), text('two '), text('three'), stop]);
    const { session, saved, asked, replies, idle } = opened({
      [base.id]: first.source,
      [stage1.id]: atOnce([text('whole'), stop]),
    });
    session.ask(asked({ models: [base, stage1] }));
    await first.next();
    await first.next();
    await vi.waitUntil(() => replies()[0]?.text === 'one two ');
    session.stop(replies()[0]?.id);
    expect(replies()[0]).toMatchObject({ text: 'one two ', end: { why: 'cancelled' } });
    // The next one does not wait for its source, of which nothing more is heard.
    await idle();
    await first.next();
    expect(replies()).toMatchObject([{ text: 'one two ' }, { text: 'whole', end: { why: 'stop' } }]);
    expect(saved.at(-1)).toEqual(session.state().conversation);
  });

  test('another conversation stops what runs in this one, and saves it first', async () => {
    const first = held([text('one '), text('two')]);
    const { session, saved, asked, replies } = opened({ [base.id]: first.source });
    session.ask(asked());
    await first.next();
    await vi.waitUntil(() => replies()[0]?.text === 'one ');
    session.open(newConversation('conversation-2', new Date(0)));
    expect(session.state()).toMatchObject({ conversation: { id: 'conversation-2', turns: [] } });
    expect(session.state().activity.size).toBe(0);
    expect(saved.at(-1)).toMatchObject({
      id: 'conversation-1',
      turns: [{ replies: [{ end: { why: 'cancelled' } }] }],
    });
    await first.next();
    expect(session.state().conversation.turns).toEqual([]);
  });
});
