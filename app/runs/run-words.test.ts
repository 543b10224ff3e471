import { describe, expect, test } from 'vitest';
import {
  changeWords,
  citationOf,
  claimWords,
  provenanceWords,
  scoreCommand,
  settingText,
  stateWords,
} from './run-words';

const score = {
  headline: 48,
  interval: null,
  needsJudge: 0,
  correct: 96,
  total: 200,
  breakdown: [],
  secondary: {},
};

test('a figure says where it comes from', () => {
  expect(provenanceWords({ source: 'upload', citation: null, score })).toBe(
    'recomputed here from 200 samples',
  );
  expect(provenanceWords({ source: 'reported', citation: 'the table of a paper', score })).toBe(
    'reported in the table of a paper',
  );
});

test('a citation may end with its address', () => {
  expect(citationOf('README of it, commit 1a2b (https://example.org/a/README.md)')).toEqual({
    text: 'README of it, commit 1a2b',
    url: 'https://example.org/a/README.md',
  });
  expect(citationOf('a paper (table 3)')).toEqual({ text: 'a paper (table 3)', url: null });
  expect(citationOf('a trap (javascript:alert(1))').url).toBeNull();
});

test('a claim is set beside the recomputed figure', () => {
  expect(claimWords(null, 48)).toBeNull();
  expect(claimWords(48.0, 48.0)).toBe('the file claims 48.0, the same');
  expect(claimWords(47.0, 48.0)).toBe('the file claims 47.0, 1.0 points below this');
  expect(claimWords(50.5, 48.0)).toBe('the file claims 50.5, 2.5 points above this');
});

test('a correction is said fact by fact, in the order of the form', () => {
  expect(
    changeWords({ openWeights: [false, true], link: [null, 'https://x'], name: ['Tyde', 'Tide'] }),
  ).toEqual(['name: Tide, before Tyde', 'link: https://x, before none', 'weights: open, before closed']);
});

test('a state is said in words', () => {
  expect(stateWords({ state: 'published', source: 'upload', publishedAt: new Date('2026-05-04') })).toBe(
    'published 2026-05-04',
  );
  expect(stateWords({ state: 'scored', source: 'upload', publishedAt: null })).toBe('draft, not published');
});

describe('the commands that make a figure again', () => {
  const run = {
    benchmark: { id: 'superclevr-200' },
    split: { id: 'test', label: 'test' },
    scorer: {
      id: 'superclevr/seed@1',
      label: '',
      rule: '',
      upstream: { repository: '', commit: '', path: '' },
    },
  };
  const file = (name: string) => ({ name, sha256: '', format: '', bytes: 1 });
  const last = (of: Parameters<typeof scoreCommand>[1]) => scoreCommand('./ocean', of).split('\n').at(-1);
  test('install the benchmark, and name the file, benchmark, split and scorer', () => {
    expect(scoreCommand('./ocean', { ...run, file: file('out.json') }).split('\n')).toEqual([
      './ocean benchmarks install superclevr-200',
      './ocean score out.json --benchmark superclevr-200 --split test --scorer superclevr/seed@1',
    ]);
    expect(last({ ...run, file: null, split: null, scorer: null })).toBe(
      './ocean score FILE --benchmark superclevr-200',
    );
  });
  test('install nothing that is generated', () => {
    const generated = { ...run, benchmark: { id: 'ocean-world' }, file: file('out.json'), scorer: null };
    expect(scoreCommand('./ocean', generated)).toBe(
      './ocean score out.json --benchmark ocean-world --split test',
    );
  });
  test("a file's name cannot run anything", () => {
    expect(last({ ...run, split: null, scorer: null, file: file("a'; rm -rf $(x).json") })).toBe(
      "./ocean score 'a'\\''; rm -rf $(x).json' --benchmark superclevr-200",
    );
    expect(last({ ...run, split: null, scorer: null, file: file('--json') })).toContain('./--json');
  });
});

test('settings are short texts', () => {
  expect(settingText('greedy')).toBe('greedy');
  expect(settingText(0.7)).toBe('0.7');
  expect(settingText(null)).toBe('null');
});
