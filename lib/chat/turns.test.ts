import { describe, expect, test } from 'vitest';
import { type ChatModel, type Conversation, conversationSchema, type Reply, type Turn } from './conversation';
import { lastQuestion, messagesFor, promptFor } from './messages';
import {
  branchAt,
  branchTitle,
  columnsOf,
  newConversation,
  pathTo,
  pictureAt,
  shownTurns,
  showTurn,
  titleOf,
  versionsOf,
  withReply,
  withTurn,
} from './turns';

const base: ChatModel = { id: 'browser:nano-base', label: 'Base', stage: 'base', checkpoint: 'nano-base' };
const stage1: ChatModel = {
  id: 'browser:nano-stage1',
  label: 'Stage 1',
  stage: 'stage1',
  checkpoint: 'nano-stage1',
};
const picture = (id: string) => ({ id, url: 'data:image/png;base64,AAAA', width: 8, height: 8, scene: null });

const reply = (modelId: string, text: string, id = `${modelId.slice(8)}-${text}-reply`): Reply => ({
  id,
  modelId,
  text,
  end: { why: 'stop' },
  figures: null,
  sampling: { temperature: 0, seed: 0 },
  frame: null,
});

const turn = (id: string, parentId: string | null, more: Partial<Turn> = {}): Turn => ({
  id: `turn-${id}`,
  parentId: parentId === null ? null : `turn-${parentId}`,
  askedAt: '2026-11-24T12:00:00.000Z',
  question: `Question ${id}?`,
  promptId: 'plain',
  pictureId: null,
  truth: null,
  replies: [],
  ...more,
});

/** first (picture-1) → second → third, and second edited into other. */
function conversation(): Conversation {
  const models = [base, stage1];
  let made = newConversation('conversation-1', new Date(0));
  const first = turn('first', null, {
    pictureId: 'picture-1',
    replies: [reply(base.id, 'a'), reply(stage1.id, 'b')],
  });
  made = withTurn(made, first, models, picture('picture-1'));
  made = withTurn(made, turn('second', 'first', { replies: [reply(base.id, 'c')] }), [base], null);
  made = withTurn(made, turn('third', 'second'), [base], null);
  return withTurn(made, turn('other', 'first', { pictureId: 'picture-2' }), [base], picture('picture-2'));
}

const ids = (turns: readonly Turn[]) => turns.map(({ id }) => id.slice(5));

describe('a conversation is a tree of turns', () => {
  test('the newest turn is shown with those before it', () => {
    expect(ids(shownTurns(conversation()))).toEqual(['first', 'other']);
    expect(conversationSchema.parse(conversation())).toEqual(conversation());
  });

  test('an edited question has its earlier version beside it, which can be shown again to its end', () => {
    const made = conversation();
    const [, other] = shownTurns(made);
    expect(other && ids(versionsOf(made, other))).toEqual(['second', 'other']);
    expect(ids(shownTurns(showTurn(made, 'turn-second')))).toEqual(['first', 'second', 'third']);
  });

  test('a branch is a conversation of its own with what leads to it', () => {
    const branch = branchAt(conversation(), 'turn-second', 'conversation-2', new Date(5));
    expect(ids(branch.turns)).toEqual(['first', 'second']);
    expect(branch).toMatchObject({
      id: 'conversation-2',
      currentId: 'turn-second',
      pictures: [{ id: 'picture-1' }],
    });
    expect(conversationSchema.parse(branch)).toEqual(branch);
  });

  test('a reply takes the place of itself; a further try stands behind', () => {
    let made = withReply(conversation(), 'turn-other', reply(base.id, 'half', 'reply-one'));
    made = withReply(made, 'turn-other', reply(base.id, 'whole', 'reply-one'));
    made = withReply(made, 'turn-other', reply(base.id, 'again', 'reply-two'));
    const replies = pathTo(made, 'turn-other').at(-1)?.replies ?? [];
    expect(replies.map(({ text }) => text)).toEqual(['whole', 'again']);
    expect(columnsOf(turn('x', null, { replies }))).toEqual([base.id]);
  });

  test('the picture of a turn is its own or the last one before', () => {
    expect(pictureAt(conversation(), 'turn-third')?.id).toBe('picture-1');
    expect(pictureAt(conversation(), 'turn-other')?.id).toBe('picture-2');
  });

  test('a branch is called by the question that it was taken at', () => {
    expect(branchTitle(conversation(), 'turn-second')).toBe('Branch: Question second?');
    expect(branchTitle(conversation(), 'turn-second')).not.toBe(conversation().title);
  });

  test('a title is the first line of the first question, cut', () => {
    expect(conversation().title).toBe('Question first?');
    expect(titleOf(`${'long '.repeat(40)}\nsecond line`)).toBe(`${'long '.repeat(16).trim()}…`);
  });
});

describe('what a model is given', () => {
  test('its own replies and no other’s', () => {
    const path = pathTo(conversation(), 'turn-third');
    expect(messagesFor(path, base.id)).toEqual([
      { role: 'user', text: ' Question first?', pictureId: 'picture-1' },
      { role: 'assistant', text: 'a', pictureId: null },
      { role: 'user', text: 'Question second?', pictureId: null },
      { role: 'assistant', text: 'c', pictureId: null },
      { role: 'user', text: 'Question third?', pictureId: null },
    ]);
  });

  test('a turn that it said nothing to is left out, and its picture comes with the next question', () => {
    const path = pathTo(conversation(), 'turn-third');
    expect(messagesFor(path, 'server:new')).toEqual([
      { role: 'user', text: ' Question third?', pictureId: 'picture-1' },
    ]);
    expect(messagesFor(path, stage1.id)).toHaveLength(3);
  });

  test('of a model that learnt from questions by themselves, the last with its picture', () => {
    const third = messagesFor(pathTo(conversation(), 'turn-third'), base.id);
    expect(lastQuestion(third)).toEqual([{ role: 'user', text: ' Question third?', pictureId: 'picture-1' }]);
    const other = messagesFor(pathTo(conversation(), 'turn-other'), base.id);
    expect(lastQuestion(other)).toEqual(other.slice(-1));
    expect(other.at(-1)?.pictureId).toBe('picture-2');
    const none = third.map((message) => ({ ...message, pictureId: null }));
    expect(lastQuestion(none)).toEqual(none.slice(-1));
  });

  test('and where it goes on from the one before, that one and its answer', () => {
    const asked = (question: string, id: string, parentId: string | null, pictureId: string | null = null) =>
      turn(id, parentId, { question, pictureId, replies: [reply(base.id, id)] });
    const turns = [
      asked('How many cubes?', 'a', null, 'picture-1'),
      asked('Is there a bus?', 'b', 'a'),
      asked('And the red ones?', 'c', 'b'),
      asked('And how many of them are small?', 'd', 'c'),
      asked('What about the metal ones?', 'e', 'd'),
    ];
    const given = (count: number) => lastQuestion(messagesFor(turns.slice(0, count), base.id));
    expect(given(2)).toEqual([{ role: 'user', text: ' Is there a bus?', pictureId: 'picture-1' }]);
    expect(given(3).map(({ text }) => text)).toEqual([' Is there a bus?', 'b', 'And the red ones?']);
    expect(given(3).map(({ pictureId }) => pictureId)).toEqual(['picture-1', null, null]);
    // Two before it at most.
    expect(given(5).map(({ text }) => text)).toEqual([
      ' And the red ones?',
      'c',
      'And how many of them are small?',
      'd',
      'What about the metal ones?',
    ]);
    // With a picture of its own it goes on from nothing.
    const pictured = asked('And how many here?', 'f', 'e', 'picture-2');
    expect(lastQuestion(messagesFor([...turns, pictured], base.id))).toHaveLength(1);
  });

  test('the question with its instruction, as training rows have it', () => {
    const [{ text = '' } = {}] = messagesFor(
      [turn('x', null, { pictureId: 'picture-1', promptId: 'seed-think', question: 'How many?' })],
      base.id,
    );
    expect(text).toMatch(/^ How many\?\nYou FIRST think about .* <answer> <\/answer> tags\.$/);
  });

  test('who asks for a place is told to answer in JSON', () => {
    expect(promptFor('Give the bounding box of the red cube.')).toBe('seed-rec');
    expect(promptFor('Output the bounding box of the car as [x1, y1, x2, y2].')).toBe('seed-rec');
    expect(promptFor('How many boxes are there?')).toBe('seed-think');
  });
});
