import { describe, expect, test } from 'vitest';
import type { Comparison } from '@/lib/mathematics/compare';
import { parseAnswers } from '@/lib/mathematics/parse';
import recorded from '@/lib/mathematics/verdicts.json';
import { verify } from '@/lib/mathematics/verify';

type Case = [gold: string, prediction: string, equal: boolean, options?: Partial<Comparison>];

// What Math-Verify says of expressions of our own, of every kind that its own cases have; recorded once.
const kinds = Object.entries(recorded.verdicts as unknown as Record<string, Case[]>);

describe.each(kinds)('%s: equal as Math-Verify has it', (_, cases) => {
  test.each(cases)('%s and %s: %s', (gold, prediction, equal, options = {}) => {
    expect(verify(parseAnswers(gold), parseAnswers(prediction), options).equal).toBe(equal);
  });
});

const ALONE = {
  latex: { latex: true, expression: false },
  expression: { latex: false, expression: true },
} as const;

describe.each(['latex', 'expression'] as const)('with %s alone, as Math-Verify has it', (which) => {
  test.each(recorded.alone[which] as unknown as [string, string, boolean][])(
    '%s and %s: %s',
    (gold, prediction, equal) => {
      const [read, other] = [gold, prediction].map((text) => parseAnswers(text, ALONE[which]));
      expect(verify(read ?? [], other ?? []).equal).toBe(equal);
    },
  );
});

test.each(recorded.strings as unknown as [string, string, string[]][])(
  'the letter that %s names, of %s, is found as Math-Verify finds it',
  (text, letters, found) => {
    const strings = [...letters];
    expect(parseAnswers(text, { latex: false, expression: false, strings }).map(({ text }) => text)).toEqual(
      found,
    );
  },
);

describe('true answers as GEOQA writes them are read as Math-Verify reads them', () => {
  test.each(recorded.readings as unknown as [string, string[]][])('%s', (gold, [printed, text]) => {
    const own = parseAnswers(gold);
    expect(own.at(-1)?.text).toBe(text ?? printed);
    if (text !== undefined)
      expect(verify(own.slice(0, 1), parseAnswers(`$${printed?.replaceAll('**', '^')}$`)).equal).toBe(true);
    else expect(own.length).toBe(printed === undefined ? 0 : 1);
  });
});
