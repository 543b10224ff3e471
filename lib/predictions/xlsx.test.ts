import fc from 'fast-check';
import { gzipSync, strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/universal';
import { openPredictions } from './open';
import type { ByteSource } from './predictions-file';
import { xlsxRows } from './xlsx';
import { zipEntries } from './zip';

const source = (bytes: Uint8Array, chunkBytes = 1 << 16): ByteSource => ({
  name: 'predictions.xlsx',
  size: bytes.length,
  *chunks() {
    // One Buffer again and again, as a file is read in Node.
    const buffer = Buffer.alloc(chunkBytes);
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).copy(buffer, 0, at);
      yield buffer.subarray(0, length);
    }
  },
});

const written = async (rows: (string | number | boolean | null)[][]): Promise<Uint8Array> =>
  new Uint8Array(await (await writeExcelFile(rows).toBlob()).arrayBuffer());

const read = (bytes: Uint8Array, chunkBytes?: number) => [
  ...xlsxRows(zipEntries(source(bytes, chunkBytes).chunks)),
];

/** A file with this sheet, and these shared strings where there are any. */
const sheet = (rows: string, strings?: string): Uint8Array => {
  const parts: Zippable = {
    'xl/workbook.xml': strToU8('<workbook/>'),
    'xl/worksheets/sheet1.xml': strToU8(
      `<?xml version="1.0"?><worksheet><sheetData>${rows}</sheetData></worksheet>`,
    ),
  };
  if (strings !== undefined) parts['xl/sharedStrings.xml'] = strToU8(`<sst>${strings}</sst>`);
  return zipSync(parts);
};

const HEADER = ['index', 'question', 'answer', 'category', 'prediction'];

test("VLMEvalKit's xlsx, plain or in a gzip or zip file", async () => {
  const bytes = await written([
    HEADER,
    [0, 'what is written?', "['CENTRE']", 'Regular Text Recognition', ' <answer>\nCENTRE & "co" </answer> '],
    [1, 'what is written?', 5, 'Regular Text Recognition', 5],
    [2, 'what is written?', 'NA', 'Regular Text Recognition', null],
    [3, 'what is written?', 'True', 'Regular Text Recognition', '_x0041_ is kept'],
  ]);
  for (const content of [
    bytes,
    gzipSync(bytes),
    zipSync({ 'run/m_OCRBench.xlsx': bytes, 'log.txt': strToU8('x') }),
  ]) {
    const file = await openPredictions(source(content));
    expect(file).toMatchObject({ format: 'vlmevalkit', benchmarks: ['ocr-bench'] });
    expect([...file.rows()]).toMatchObject([
      { row: 2, reference: { gold: "['CENTRE']" }, output: ' <answer>\nCENTRE & "co" </answer> ' },
      { row: 3, reference: { gold: '5' }, output: '5' },
      { row: 4, reference: { gold: 'NA' }, output: '' },
      { row: 5, output: 'A is kept' },
    ]);
  }
});

test('cells come out as they went in, however the bytes are cut', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({
          unit: fc.constantFrom('a', 'é', '😀', '<', '>', '&', '"', "'", ' ', '\n', ';', 'lt', '#'),
        }),
        {
          minLength: 1,
          maxLength: 5,
        },
      ),
      fc.integer({ min: 1, max: 700 }),
      async (cells, chunkBytes) => {
        const bytes = await written([...cells.map((cell) => [`-${cell}-`, 'end'])]);
        expect(read(bytes, chunkBytes)).toEqual(
          cells.map((cell, i) => ({ row: i + 1, cells: [`-${cell}-`, 'end'] })),
        );
      },
    ),
    { numRuns: 40 },
  ));

test('runs, phonetic readings, CDATA, entities, gaps, other namespaces, cells of every type', () => {
  const strings =
    '<si><r><rPr><b/></rPr><t>one </t></r><r><t>two</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si><x:si><x:t><![CDATA[<a>]]>&#x41;&#66;&amp;lt;</x:t></x:si>';
  const rows = `
    <row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c t="inlineStr"><is><t>in</t></is></c></row>
    <row r="5"><c r="A5" t="b"><v>1</v></c><c r='B5'><v>5.0</v></c><c r="D5" t="str"><f>1&lt;2</f><v>x_x000D_</v></c></row>
    <row><c><v></v></c></row>`;
  expect(read(sheet(rows, strings))).toEqual([
    { row: 2, cells: ['one two', '', '<a>AB&lt;', 'in'] },
    { row: 5, cells: ['True', '5', '', 'x\r'] },
  ]);
});

describe('a hostile sheet', () => {
  const header = '<row r="1"><c r="A1" t="str"><v>index</v></c><c r="B1" t="str"><v>prediction</v></c></row>';

  test('costs nothing for the rows and columns that it only claims to have', () => {
    expect(read(sheet(`${header}<row r="999999999"><c r="A999999999"><v>1</v></c></row>`))).toHaveLength(2);
    expect(() => read(sheet(`${header}<row r="2"><c r="ZZZZ2"><v>1</v></c></row>`))).toThrow(
      'row 2: cell ZZZZ2: at most 1000 columns are taken',
    );
  });

  test('is refused where it is damaged', () => {
    expect(() => read(sheet(`${header}<row r="1"/>`))).toThrow('row 1 stands after row 1');
    expect(() => read(sheet(`<row r="1"><c r="B1"/><c r="A1"/></row>`))).toThrow('row 1: cell A1');
    expect(() => read(sheet('<row><c t="s"><v>3</v></c></row>'))).toThrow(
      'row 1: the xlsx file has no shared string 3',
    );
    expect(() => read(zipSync({ 'xl/workbook.xml': new Uint8Array(0) }))).toThrow('has no sheet');
    expect(() => read(sheet(`<!-- ${'x'.repeat(2 << 20)}`))).toThrow('a tag without end');
  });

  test('is refused where its text is too long or inflates too far; entities do not expand', async () => {
    const long = '<t>'.concat('x'.repeat(5 << 20), '</t>');
    expect(() => read(sheet(`<row><c t="inlineStr"><is>${long}</is></c></row>`))).toThrow(
      'row 1: a cell has more than 4194304 characters',
    );
    expect(() => read(sheet('', `<si>${long}</si>`))).toThrow('a cell has more than');
    const spaces = sheet(' '.repeat(33 << 20));
    await expect(openPredictions(source(spaces))).rejects.toThrow('more than 200 times its size');
    const lol = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`;
    expect(read(sheet(`${lol}<row><c t="str"><v>&b;</v></c></row>`))[0]?.cells).toEqual(['&b;']);
  });
});
