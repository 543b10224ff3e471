import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toCsv } from './csv';

it('disarms what a spreadsheet would take for a formula', () => {
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

it('of no records is empty', () => {
  expect(toCsv([])).toBe('');
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
