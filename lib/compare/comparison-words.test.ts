import { describe, expect, it } from 'vitest';
import { reportedInterval } from '@/lib/stats/intervals';
import { comparePaired } from '@/lib/stats/paired-comparison';
import { compareUnpaired } from '@/lib/stats/unpaired';
import {
  detectableWords,
  exactWords,
  pairedSentence,
  points,
  pWords,
  signedPoints,
  unpairedSentence,
} from './comparison-words';

/** Samples with a picture each, or `perPicture` to one. */
function compared(
  {
    right = 0,
    fixed = 0,
    broken = 0,
    wrong = 0,
  }: { right?: number; fixed?: number; broken?: number; wrong?: number },
  perPicture = 1,
) {
  const each = [
    ...Array.from({ length: right }, () => [true, true] as const),
    ...Array.from({ length: fixed }, () => [false, true] as const),
    ...Array.from({ length: broken }, () => [true, false] as const),
    ...Array.from({ length: wrong }, () => [false, false] as const),
  ];
  return comparePaired(
    each.map((_, i) => Math.floor(i / perPicture)),
    each.map(([before]) => before),
    each.map(([, after]) => after),
  );
}

const sentence = (...args: Parameters<typeof compared>) =>
  pairedSentence('Stage 2', 'Base', compared(...args));

describe('the sentence', () => {
  it('says by how much, how sure, and what was fixed and broken', () => {
    expect(sentence({ right: 500, fixed: 640, broken: 85, wrong: 775 })).toBe(
      'Stage 2 answers 27.8 points more than Base (25.4 to 30.1; p < 0.001); 640 fixed, 85 broken.',
    );
    expect(sentence({ right: 900, fixed: 40, broken: 90, wrong: 970 })).toBe(
      'Stage 2 answers 2.5 points fewer than Base (1.4 to 3.7; p < 0.001); 40 fixed, 90 broken.',
    );
  });

  it('calls nothing a difference that may be chance', () => {
    expect(sentence({ right: 100, fixed: 12, broken: 8, wrong: 80 })).toBe(
      'Stage 2 cannot be told from Base: 2.0 points more (-2.6 to +6.8; p = 0.37); 12 fixed, 8 broken.',
    );
    expect(sentence({ right: 100, fixed: 8, broken: 8, wrong: 84 })).toBe(
      'Stage 2 answers as many samples as Base (-4.3 to +4.3; p = 1); 8 fixed, 8 broken.',
    );
    expect(sentence({ right: 120, wrong: 80 })).toBe(
      'Stage 2 answers the same 120 of 200 samples as Base: none fixed, none broken (-1.9 to +1.9).',
    );
  });

  it('holds where all differ, and says nothing of others by one sample or one picture', () => {
    expect(sentence({ fixed: 200 })).toBe(
      'Stage 2 answers 100.0 points more than Base (96.2 to 100.0; p < 0.001); 200 fixed, 0 broken.',
    );
    expect(sentence({ broken: 1 })).toBe(
      'One sample says nothing of others: Stage 2 does not, Base answers it.',
    );
    expect(sentence({ right: 1 })).toBe(
      'One sample says nothing of others: Stage 2 answers it, Base answers it.',
    );
    expect(sentence({ fixed: 4, wrong: 1 }, 5)).toBe(
      '5 samples on one picture say nothing of others: 4 fixed, 0 broken by Stage 2 against Base.',
    );
  });

  it('of a figure that is only reported says so', () => {
    const reported = (value: number) => ({ value, interval: reportedInterval(value, [3_940]) });
    expect(unpairedSentence('7B', 'Base', compareUnpaired(reported(47.9), reported(49.3)))).toBe(
      '7B cannot be told from Base: 1.4 points more (-0.8 to +3.6; p = 0.21; not sample by sample, as a figure is only reported); a difference of 3.2 points could be seen.',
    );
    expect(unpairedSentence('3B', 'Base', compareUnpaired(reported(47.9), reported(40)))).toMatch(
      /^3B has 7\.9 points fewer than Base \(5\.7 to 10\.1; p < 0\.001; not sample by sample/,
    );
  });
});

it('the exact test is named where it and the interval fall on different sides of chance', () => {
  expect(exactWords(compared({ right: 100, fixed: 5, wrong: 95 }))).toMatch(
    /gives p = 0\.063: of 5 samples that differ/,
  );
  expect(exactWords(compared({ right: 100, fixed: 12, wrong: 95 }))).toBeNull();
  expect(exactWords(compared({ right: 100, fixed: 4, wrong: 96 }, 2))).toBeNull();
});

it('what could be seen names samples and pictures', () => {
  expect(detectableWords(compared({ right: 500, fixed: 100, broken: 100, wrong: 300 }))).toBe(
    '1,000 samples show a difference of 4.0 points 4 times in 5',
  );
  expect(detectableWords(compared({ right: 50, fixed: 10, broken: 10, wrong: 30 }, 2))).toMatch(
    /^100 samples on 50 pictures show a difference of \d+\.\d points 4 times in 5$/,
  );
  expect(detectableWords(compared({ right: 2 }))).toBe('2 samples can show no difference');
});

it.each([
  [0.00099, 'p < 0.001'],
  [0.024119, 'p = 0.024'],
  [0.0496, 'p = 0.0496'],
  [0.04999, 'p = 0.04999'],
  [0.0501, 'p = 0.0501'],
  [0.3711, 'p = 0.37'],
  [0.9996, 'p = 1'],
])('p of %f is "%s": on the side of 0.05 where it is', (p, words) => {
  expect(pWords(p)).toBe(words);
});

it('a bound that is not 0 is not written as 0', () => {
  expect([0, 0.04, -0.03, 0.26, -12.34].map(points)).toEqual(['0.0', '0.04', '-0.03', '0.3', '-12.3']);
  expect([1.2, -0.4, 0].map(signedPoints)).toEqual(['+1.2', '-0.4', '0.0']);
});
