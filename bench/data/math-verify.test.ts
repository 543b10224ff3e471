import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAnswers } from '@/lib/mathematics/parse';
import { verify } from '@/lib/mathematics/verify';

// Math-Verify's own cases and what it makes of GEOQA's true answers lie beside the repository; they are not part of it.
const beside = (name: string) => new URL(`../../../shared/data/${name}`, import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(beside(name), 'utf8'));

interface Case {
  test: string;
  match_types: ('latex' | 'expr')[] | null;
  args: {
    gold: string;
    pred: string;
    config?: string;
    expected?: number | string[];
    result?: number;
    precision?: number;
    strict?: boolean;
    allow_set_relation_comp?: boolean;
  };
}

/** What a case of upstream's suite asserts, and what we make of it. */
function outcome({ test, match_types, args }: Case): { expected: unknown; actual: unknown } {
  if (test === 'test_string_extraction' && args.config !== undefined) {
    const strings = [...args.config.matchAll(/'(\w)'/g)].map(([, letter = '']) => letter);
    const found = parseAnswers(args.pred, { latex: false, expression: false, strings });
    return { expected: args.expected, actual: found.map(({ text }) => text) };
  }
  const reading = match_types
    ? { latex: match_types.includes('latex'), expression: match_types.includes('expr') }
    : {};
  const { equal } = verify(parseAnswers(args.gold, reading), parseAnswers(args.pred, reading), {
    ...(args.precision === undefined ? {} : { floatRounding: args.precision }),
    ...(args.strict === undefined ? {} : { strict: args.strict }),
    ...(args.allow_set_relation_comp === undefined
      ? {}
      : { allowSetRelationComparison: args.allow_set_relation_comp }),
  });
  return { expected: Number(args.expected ?? args.result), actual: Number(equal) };
}

test('Math-Verify’s own cases', () => {
  const cases: Case[] = read('math_verify_cases.json');
  const missed = cases.filter((each) => {
    const { expected, actual } = outcome(each);
    return JSON.stringify(expected) !== JSON.stringify(actual);
  });
  expect(cases.length).toBe(138);
  expect(missed.map(({ test, args }) => [test, args])).toEqual([]);
});

test('GEOQA’s true answers are read as Math-Verify reads them', () => {
  const golds: { gold: string; parsed: string[] }[] = read('geoqa_gold_parse.json');
  expect(golds.length).toBe(754);
  // Of each, what is left as text; a value that Math-Verify prints in its own way is compared as a value.
  const different = golds.filter(({ gold, parsed }) => {
    const own = parseAnswers(gold);
    if (own.length !== parsed.length) return true;
    const [, text] = parsed;
    if (text !== own[1]?.text) return true;
    const [printed] = parsed;
    return printed !== undefined && !verify(own.slice(0, 1), parseAnswers(`$${printed}$`)).equal;
  });
  expect(different).toEqual([]);
});
