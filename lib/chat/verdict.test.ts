import { describe, expect, test } from 'vitest';
import type { Reply, Truth } from './conversation';
import { answerOf, judge, sameAnswer, truthText } from './verdict';

const frame = { width: 128, height: 128 };
const replied = (text: string, more: Partial<Reply> = {}): Reply => ({
  id: 'reply-0001',
  modelId: 'browser:nano-base',
  text,
  end: { why: 'stop' },
  figures: null,
  sampling: { temperature: 0, seed: 0 },
  frame,
  ...more,
});

describe('what is answered', () => {
  test('stands in the tag, or is all that is said', () => {
    expect(answerOf('<think>x</think>\n<answer> 7 </answer>')).toEqual({ kind: 'words', text: '7' });
    expect(answerOf('<think>x</think>\nseven')).toEqual({ kind: 'words', text: 'seven' });
    expect(answerOf('<think>only')).toBeNull();
    expect(answerOf('<answer></answer>')).toBeNull();
    expect(answerOf('word '.repeat(60))).toBeNull();
  });

  test('is a box where one is written', () => {
    expect(answerOf('<answer>{"bbox_2d": [1, 2, 30, 40]}</answer>')).toMatchObject({ box: [1, 2, 30, 40] });
  });
});

describe('right or wrong', () => {
  const seven: Truth = { kind: 'words', forms: ['7', 'seven'], options: null };
  const box: Truth = { kind: 'box', box: [10, 10, 50, 50], frame };

  test('by any of the accepted forms', () => {
    expect(judge(seven, replied('<answer>Seven.</answer>'))?.right).toBe(true);
    expect(judge(seven, replied('<answer>8</answer>'))).toMatchObject({
      right: false,
      reason: 'it is not the right answer, 7',
    });
  });

  test('a choice by its letter or its text', () => {
    const choice: Truth = { kind: 'words', forms: ['(B)'], options: ['left', 'right'] };
    expect(judge(choice, replied('<answer>right</answer>'))?.right).toBe(true);
    expect(judge(choice, replied('<answer>A</answer>'))?.right).toBe(false);
    expect(truthText(choice)).toBe('(B) right');
  });

  test('a box by its overlap, in the frame in which the model saw the picture', () => {
    const inOwnFrame = '<answer>{"bbox_2d": [35, 35, 175, 175]}</answer>';
    expect(judge(box, replied(inOwnFrame, { frame: { width: 448, height: 448 } }))?.right).toBe(true);
    expect(judge(box, replied(inOwnFrame))?.right).toBe(false);
  });

  test('not before the reply has ended, nor where it was stopped', () => {
    const text = '<answer>7</answer>';
    expect(judge(seven, replied(text, { end: null }))).toBeNull();
    expect(judge(seven, replied(text, { end: { why: 'cancelled' } }))).toBeNull();
    expect(judge(seven, replied('<think>7', { end: { why: 'length' } }))?.right).toBe(false);
  });
});

test('two replies answer the same in the words of the rule, or by boxes that overlap', () => {
  const same = (one: string, other: string) => sameAnswer({ text: one, frame }, { text: other, frame });
  expect(same('<answer>Yes</answer>', '<answer>yes.</answer>')).toBe(true);
  expect(same('<answer>4</answer>', '<answer>5</answer>')).toBe(false);
  expect(same('<answer>[10, 10, 50, 50]</answer>', '<answer>[12, 10, 50, 50]</answer>')).toBe(true);
  expect(same('<answer>[10, 10, 50, 50]</answer>', '<answer>[80, 10, 99, 50]</answer>')).toBe(false);
  expect(same('<answer>[10, 10, 50, 50]</answer>', '<answer>4</answer>')).toBe(false);
  expect(same('<think>a', '<think>b')).toBe(true);
});
