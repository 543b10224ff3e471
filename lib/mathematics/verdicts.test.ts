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

describe('true answers as GEOQA writes them are read as Math-Verify reads them', () => {
  test.each(recorded.readings as unknown as [string, string[]][])('%s', (gold, [printed, text]) => {
    const own = parseAnswers(gold);
    expect(own.at(-1)?.text).toBe(text ?? printed);
    if (text !== undefined)
      expect(verify(own.slice(0, 1), parseAnswers(`$${printed?.replaceAll('**', '^')}$`)).equal).toBe(true);
    else expect(own.length).toBe(printed === undefined ? 0 : 1);
  });
});
