import { describe, expect, it } from 'vitest';
import type { Outcome } from '@/lib/scoring/scorer';
import { compareRuns } from './compare-runs';
import {
  type ComparedSet,
  comparisonCsv,
  comparisonJson,
  comparisonMarkdown,
  methodWords,
  recordsOf,
  sentencesOf,
  tablesOf,
} from './comparison-report';

const BREAKDOWNS = [{ tag: 'task', label: 'Task' }];
const outcomes = (marks: string): Outcome[] => [...marks].map((mark) => (mark === '1' ? 'correct' : 'wrong'));

/** Runs of these names and verdicts, the first the baseline; two samples on each picture where they share. */
function set(runs: Readonly<Record<string, string>>, perPicture = 1): ComparedSet {
  const compared = Object.entries(runs).map(([name, marks]) => ({ name, outcomes: outcomes(marks) }));
  const samples = [...(Object.values(runs)[0] ?? '')].map((_, i) => ({
    cluster: String(Math.floor(i / perPicture)),
    tags: { task: i < 3 ? 'depth' : 'text' },
  }));
  return {
    benchmark: { id: 'geoqa', name: 'GEOQA' },
    split: { id: 'test', label: 'test' },
    scorer: 'geoqa/seed@3',
    breakdowns: BREAKDOWNS,
    comparison: compareRuns(BREAKDOWNS, samples, compared, 0),
    unpaired: [],
    notes: [],
  };
}

const two = set({ base: '11001100', tuned: '00111111' });
const three = set({ base: '11001100', 'stage 1': '01011110', 'stage 2': '00111111' });

describe('a report', () => {
  it('has a table of transitions only where there are three runs', () => {
    expect(tablesOf(two).map(({ title }) => title.split(',')[0])).toEqual(['Runs', 'Task']);
    expect(tablesOf(three).map(({ title }) => title.split(',')[0])).toEqual([
      'Runs',
      'From run to run',
      'Task',
    ]);
  });

  it('begins the values of a tag with the greatest loss, and names the family that is corrected', () => {
    const table = tablesOf(two).at(-1);
    expect(table?.title).toBe("Task, the greatest loss first; Holm's correction over 2 comparisons");
    expect(table?.rows.map(([value, , , , , difference]) => [value, difference])).toEqual([
      ['depth', '-33.3'],
      ['text', '+60.0'],
    ]);
    expect(tablesOf(three).at(-1)?.title).toMatch(/over 4 comparisons$/);
  });

  it('says where a run loses beyond chance, and where none does', () => {
    expect(sentencesOf(two)).toContain('tuned loses nowhere beyond chance, by Task.');
    const worse = set({ base: '1'.repeat(60), tuned: `111${'1'.repeat(40)}${'0'.repeat(17)}` });
    expect(sentencesOf(worse)).toContain('tuned loses in Task text (-29.8 points, corrected p < 0.001).');
  });

  it('has a record for each comparison over all samples and over each value', () => {
    expect(recordsOf(three).map(({ value, run }) => [value, run])).toEqual([
      [null, 'stage 1'],
      [null, 'stage 2'],
      ['depth', 'stage 1'],
      ['depth', 'stage 2'],
      ['text', 'stage 1'],
      ['text', 'stage 2'],
    ]);
    expect(comparisonJson([three], ['X is left out.'])).toMatchObject({
      left_out: ['X is left out.'],
      sets: [{ baseline: 'base', sentences: sentencesOf(three), transitions: { length: 8 } }],
    });
  });

  it('names the method that was used', () => {
    expect(methodWords([two])).toMatch(/^95 % intervals: Tango's score interval of paired differences\./);
    expect(methodWords([set({ a: '1100', b: '0011' }, 2)])).toMatch(
      /design effect of samples that share an image/,
    );
  });

  it('lets no name be markup, a row or a formula', () => {
    const hostile = set({ '=HYPERLINK("x")': '1100', '<img src=x>|**b**\n# c [d](e)': '0111' });
    const markdown = comparisonMarkdown([hostile], ['<b> is left out.']);
    expect(markdown).toContain('\\<img src=x\\>\\|\\*\\*b\\*\\* \\# c \\[d\\](e)');
    expect(markdown).not.toMatch(/(?<!\\)<[a-z]/);
    expect(markdown.split('\n').filter((line) => line.startsWith('| \\<img'))).toHaveLength(1);
    expect(comparisonCsv([hostile])).toContain(`"'=HYPERLINK(""x"")"`);
  });
});
