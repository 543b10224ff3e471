import { describe, expect, test } from 'vitest';
import { whyDifferent } from './why-different';

const marks = { total: 0, right: 0, rightAndWrongHere: 0, wrongAndRightHere: 0 };
const report = (
  claimedAccuracy: number | null,
  accuracy: number,
  more: Partial<Parameters<typeof whyDifferent>[0]> = {},
  recomputed: Partial<NonNullable<Parameters<typeof whyDifferent>[0]['recomputed']>> = {},
) => ({
  claimedAccuracy,
  recomputed: { accuracy, needsJudge: 0, marks, ...recomputed },
  missing: 0,
  unknown: 0,
  duplicates: 0,
  scorer: { id: 'geoqa/seed@3', label: 'Seed' },
  ...more,
});

describe('why a recomputed figure is another than the file’s own', () => {
  test('is not asked where there is no other figure', () => {
    expect(whyDifferent(report(null, 50))).toEqual([]);
    expect(whyDifferent(report(50.04, 50))).toEqual([]);
    expect(whyDifferent({ ...report(99, 50), recomputed: null })).toEqual([]);
  });

  test('names what waits for a judge, is missing, unknown or there twice', () => {
    expect(
      whyDifferent(report(28, 9.2, { missing: 1, unknown: 2, duplicates: 3 }, { needsJudge: 1921 })),
    ).toEqual([
      'Samples that wait for a judge model, and count as wrong until one is asked: 1,921.',
      'Samples without a row, which count as wrong here: 1.',
      'Rows that name no sample of it, and do not count here: 2.',
      'Rows for a sample that an earlier row is for, which alone counts: 3.',
    ]);
  });

  test('sets the file’s marks beside the verdicts here', () => {
    expect(
      whyDifferent(
        report(60, 50, {}, { marks: { total: 10, right: 6, rightAndWrongHere: 2, wrongAndRightHere: 1 } }),
      ),
    ).toEqual([
      'Rows that the file marks as right and that are not by geoqa/seed@3: 2.',
      'Rows that the file marks as wrong and that are right by geoqa/seed@3: 1.',
    ]);
  });

  test('finds a stated figure that is not that of the file’s own marks', () => {
    expect(whyDifferent(report(99, 50, {}, { marks: { ...marks, total: 200, right: 100 } }))).toEqual([
      'The file’s own marks, row by row, come to 50.0 %, not to the 99.0 % that it states.',
    ]);
  });

  test('says so where nothing tells', () => {
    expect(whyDifferent(report(60, 50))).toEqual([
      expect.stringContaining('another rule, or from other rows'),
    ]);
  });
});
