import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportRecords, toCsv, toJson } from './board-export';
import { BOARD } from './board-fixture';
import { parseView, showBoard } from './board-view';

const parse = (query: string) => parseView(new URLSearchParams(query), BOARD);
const csv = (query: string) => toCsv(exportRecords(showBoard(BOARD, parse(query))));

describe('the export', () => {
  it('has the rows that are shown, in their order, and the columns that are shown', () => {
    const lines = csv('sort=-geoqa&show=geoqa&stage=2').trimEnd().split('\r\n');
    expect(lines[0]).toBe(
      'model,checkpoint,family,open_weights,geoqa_percent,geoqa_ci95_low,geoqa_ci95_high,geoqa_rank,geoqa_tied,geoqa_delta,geoqa_delta_to,geoqa_evidence,geoqa_scorer,geoqa_run',
    );
    expect(lines.slice(1)).toEqual([
      'Wave 7B,wave-7b,Wave,true,70,,,1,false,,,reported,x/seed@1,/runs/run-reported-70',
      'Wave 3B,wave-3b,Wave,true,56,,,2,false,17,Base 3B,reported,x/seed@1,/runs/run-reported-56',
    ]);
  });

  it('says how complete an average is', () => {
    const records = exportRecords(showBoard(BOARD, parse('show=average')));
    expect(records.find((record) => record.checkpoint === 'closed')).toMatchObject({
      average: 99,
      averaged_benchmarks_present: 1,
      averaged_benchmarks_chosen: 3,
    });
  });

  it('disarms a name that a spreadsheet would take for a formula, and quotes it', () => {
    expect(csv('family=Closed&show=size')).toContain('"\'=Closed, ""API""",closed');
    for (const hostile of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '|calc', '%x'])
      expect(
        toCsv([{ name: hostile }])
          .split('\r\n')
          .slice(1)
          .join('\r\n'),
      ).toMatch(/^"?'/);
  });

  it('leaves numbers numbers', () => {
    expect(toCsv([{ delta: -2.5, none: null, yes: true }])).toBe('delta,none,yes\r\n-2.5,,true\r\n');
  });

  it('is read back by the rules of RFC 4180, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const record = Object.fromEntries(texts.map((text, index) => [`c${index}`, text]));
        const [, read] = parseCsv(toCsv([record]));
        expect(read?.map((field, index) => (field === `'${texts[index]}` ? field.slice(1) : field))).toEqual(
          texts,
        );
      }),
    );
  });

  it('is empty where nothing is shown', () => {
    expect(csv('q=nothing')).toBe('');
  });

  it('has a JSON form with the view that made it', () => {
    const view = parse('q=wave&show=geoqa');
    const parsed: unknown = JSON.parse(toJson(showBoard(BOARD, view), view));
    expect(parsed).toMatchObject({
      view: { search: 'wave' },
      rows: [{ model: 'Wave 7B' }, { model: 'Wave 3B' }],
    });
  });
});

/** A reader of RFC 4180, for the test. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let fields: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    fields.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(fields);
    fields = [];
  }
  return rows;
}
