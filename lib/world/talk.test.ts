import { describe, expect, test } from 'vitest';
import { splitOf } from './scene';
import { TALK_KINDS, TALK_SAMPLES, talk, talkReply } from './talk';
import { judgeTalk, type TalkGold } from './talk-judge';
import type { Wordings } from './talk-words';
import * as words from './talk-words';

const SIZE = 112;
const LISTS: readonly Wordings[] = [
  words.GREET,
  words.THANK,
  words.PART,
  ...words.SELF.map(({ asked }) => asked),
  words.DESCRIBE,
  words.NO_SUCH_THING,
  words.OF_NO_SUCH_THING,
  words.NOT_HERE,
  words.BEYOND,
  ...Object.values(words.LOOKS),
  ...Object.values(words.AND_IT),
  words.COUNT,
  words.AND_COUNT,
  words.BESIDE,
];

/** All that a line of alternatives may say. */
function spelledOut(line: string): string[] {
  const choice = /\(([^()]*\|[^()]*)\)/.exec(line);
  if (!choice)
    return [
      line
        .trim()
        .toLowerCase()
        .replace(/[.!?]+$/, ''),
    ];
  const [whole, inner = ''] = choice;
  return inner.split('|').flatMap((one) => spelledOut(line.replace(whole, () => one)));
}

test.each(['train', 'test-talk'] as const)(
  '%s: what is learnt as a fitting reply is judged to be one',
  (split) => {
    for (let n = 0; n < 100; n++) {
      const made = talk(split, n, SIZE);
      for (const turn of [...made.earlier, made])
        expect(turn.question + talkReply(turn), `${n}`).not.toMatch(/[{}|]|undefined| {2}/);
      expect(judgeTalk(made.gold, talkReply(made)), `${made.question} ${made.reply}`).toBe('fitting');
    }
  },
);

test('no wording of test-talk is one of training', () => {
  const seen = new Set(LISTS.flatMap((list) => list.seen.flatMap(spelledOut)));
  expect(seen.size).toBeGreaterThan(500);
  expect(LISTS.flatMap((list) => list.heldOut.flatMap(spelledOut)).filter((line) => seen.has(line))).toEqual(
    [],
  );
});

test('test-talk has every kind alike, and scenes of the test split', () => {
  const all = Array.from({ length: TALK_SAMPLES }, (_, n) => talk('test-talk', n, SIZE));
  for (const kind of TALK_KINDS)
    expect(all.filter((made) => made.kind === kind)).toHaveLength(TALK_SAMPLES / TALK_KINDS.length);
  for (const kind of ['greeting', 'thanks', 'farewell', 'self', 'description'] as const)
    expect(
      new Set(all.flatMap((made) => (made.kind === kind ? [made.question] : []))).size,
    ).toBeGreaterThanOrEqual(12);
  expect(all.every(({ scene }) => splitOf(scene.seed) === 'test')).toBe(true);
  expect(talk('test-talk', 7, SIZE)).toEqual(all[7]);
});

test('follow-ups keep what went before out of their own words', () => {
  for (let n = TALK_KINDS.indexOf('follow-up'); n < 200; n += TALK_KINDS.length) {
    const { earlier, question } = talk('train', n, SIZE);
    expect(earlier).toHaveLength(1);
    expect(question).not.toBe(earlier[0]?.question);
  }
});

const RED: TalkGold = { form: 'value', attribute: 'colour', value: 'red' };
const TWO: TalkGold = {
  form: 'things',
  things: [
    { shape: 'cube', colour: 'red' },
    { shape: 'bus', colour: 'gray' },
  ],
};
describe('replies are judged by form, then by what they say', () => {
  test.each<[TalkGold, string, string]>([
    [{ form: 'greeting' }, 'Hello! Ask me about the picture.', 'fitting'],
    [{ form: 'greeting' }, '<think>2 cubes</think>\n<answer>Hi there</answer>', 'fitting'],
    [{ form: 'greeting' }, '<answer>3</answer>', 'absurd'],
    [{ form: 'greeting' }, 'Hello, there are 3 cubes.', 'unfitting'],
    [{ form: 'greeting' }, '(A)', 'absurd'],
    [{ form: 'greeting' }, '', 'absurd'],
    [{ form: 'thanks' }, "You're welcome!", 'fitting'],
    [{ form: 'thanks' }, 'yes', 'absurd'],
    [{ form: 'farewell' }, 'Goodbye!', 'fitting'],
    [{ form: 'farewell' }, 'Hello!', 'absurd'],
    [{ form: 'self', groups: [['nano'], ['model']] }, 'I am Nano, a small model.', 'fitting'],
    [{ form: 'self', groups: [['nano'], ['model']] }, 'I am a small model.', 'unfitting'],
    [{ form: 'self', groups: [['nano'], ['model']] }, 'red', 'absurd'],
    [{ form: 'refusal' }, 'I cannot answer that.', 'fitting'],
    [{ form: 'refusal' }, 'I don’t know.', 'fitting'],
    [{ form: 'refusal' }, 'There is no dog.', 'fitting'],
    [{ form: 'refusal' }, 'Paris', 'absurd'],
    [{ form: 'refusal' }, 'I cannot see it, but it is at [1, 2, 3, 4].', 'unfitting'],
    [RED, 'red', 'fitting'],
    [RED, 'The ball is red.', 'fitting'],
    [RED, 'It is blue.', 'unfitting'],
    [RED, 'red or blue', 'unfitting'],
    [RED, 'I do not know.', 'unfitting'],
    [RED, 'a cube', 'absurd'],
    [RED, '4', 'absurd'],
    [{ form: 'value', attribute: 'size', value: 'large' }, 'It is big.', 'fitting'],
    [{ form: 'value', attribute: 'shape', value: 'sphere' }, 'a ball', 'fitting'],
    [{ form: 'number', value: 3 }, 'There are three.', 'fitting'],
    [{ form: 'number', value: 3 }, '3', 'fitting'],
    [{ form: 'number', value: 3 }, '13', 'unfitting'],
    [{ form: 'number', value: 3 }, 'red', 'absurd'],
    [{ form: 'yes-no', value: false }, 'No, there is none.', 'fitting'],
    [{ form: 'yes-no', value: false }, 'yes', 'unfitting'],
    [{ form: 'yes-no', value: false }, 'none of them', 'absurd'],
    [TWO, 'A small red metal block and a grey bus.', 'fitting'],
    [TWO, 'a red cube', 'unfitting'],
    [TWO, 'a blue cube and a gray bus', 'unfitting'],
    [TWO, 'a red cube, a gray bus and a gray car', 'unfitting'],
    [TWO, 'yes', 'absurd'],
    [{ form: 'things', things: [] }, 'Nothing.', 'fitting'],
    [{ form: 'things', things: [] }, 'a red cube', 'unfitting'],
  ])('%j %s: %s', (gold, output, verdict) => {
    expect(judgeTalk(gold, output)).toBe(verdict);
  });
});
