import fc from 'fast-check';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/universal';
import { LostText } from './lost-text';
import { openPredictions } from './open';
import type { ByteSource } from './predictions-file';
import { workbook } from './workbook-fixture';
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

/** A workbook with this sheet, and these shared strings and styles where there are any. */
const sheet = (rows: string, strings?: string, styles?: string): Uint8Array =>
  zipSync(
    workbook({
      'xl/worksheets/sheet1.xml': `<?xml version="1.0"?><worksheet><sheetData>${rows}</sheetData></worksheet>`,
      ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': `<sst>${strings}</sst>` }),
      ...(styles === undefined ? {} : { 'xl/styles.xml': `<styleSheet>${styles}</styleSheet>` }),
    }),
  );

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
      { row: 5, output: '_x0041_ is kept' },
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
    <row r="5"><c r="A5" t="b"><v>1</v></c><c r='B5'><v>5.0</v></c><c r="D5" t="str"><v>x_x000D_</v></c></row>
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
    expect(() => read(zipSync(workbook({})))).toThrow('it has no xl/worksheets/sheet1.xml');
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
    expect(() => read(sheet(lol))).toThrow('its XML has a document type');
    for (const text of ['&b;', 'a & b', '&#0;', '&#xd800;', '&#x110000;', '&constructor;'])
      expect(() => read(sheet(`<row><c t="str"><v>${text}</v></c></row>`)), text).toThrow(
        'which stands for nothing',
      );
  });
});

describe('a cell', () => {
  const cell = (content: string, attributes = '') =>
    read(sheet(`<row r="1"><c r="A1"${attributes}>${content}</c><c r="B1" t="str"><v>end</v></c></row>`))[0]
      ?.cells[0];
  const lost = (what: string) => new LostText(what);

  test.each([
    ['<v>5</v>', '', '5'],
    ['<v> 5.0 </v>', ' t="n"', '5'],
    ['<v>5E0</v>', '', '5'],
    ['<v>-0.0</v>', '', '0'],
    ['<v>0.10000000000000001</v>', '', '0.1'],
    ['<v>1.0000000000000001E-5</v>', '', '1e-05'],
    ['<v>1E+21</v>', '', '1000000000000000000000'],
    ['<v>12345678901234567890</v>', '', '12345678901234567890'],
    ['<v>1.5E+300</v>', '', String(BigInt(1.5e300))],
    ['<v>0</v>', ' t="b"', 'False'],
    ['<v>true</v>', ' t="b"', 'True'],
    ['<v></v>', ' t="s"', ''],
    ['<v/>', ' t="b"', ''],
    ['<v>  as it\n is </v>', ' t="str"', '  as it\n is '],
    ['<v>a\r\nb\rc&#13;d</v>', ' t="str"', 'a\nb\nc\rd'],
    ['<v>a<!-- no -->b<![CDATA[<&amp;>]]></v>', ' t="str"', 'ab<&amp;>'],
    [
      '<v>_x000D__x0009__x005F_x000D__xFFFE__xD83D__xDE00__x0041_</v>',
      ' t="str"',
      '\r\t_x000D_\ufffe😀_x0041_',
    ],
    ['<is><t xml:space="preserve"> a</t><rPh sb="0" eb="1"><t>no</t></rPh></is>', ' t="inlineStr"', ' a'],
    ['<is><r><rPr><b/></rPr><t>a </t></r><r><t>b</t></r></is>', ' t="inlineStr"', 'a b'],
  ])('%s%s', (content, attributes, text) => {
    expect(cell(content, attributes)).toBe(text);
  });

  test.each([
    ['#N/A', ' t="e"', "the spreadsheet's error #N/A"],
    ['2024-01-02T00:00:00', ' t="d"', 'a date or a time'],
  ])('%s%s is lost', (value, attributes, what) => {
    expect(cell(`<v>${value}</v>`, attributes)).toEqual(lost(what));
  });

  test('of a kind or a number that there is not is refused by row', () => {
    expect(() => cell('<v>5,0</v>')).toThrow('row 1: the xlsx file has the number "5,0", which is none');
    expect(() => cell('<v>1E999</v>')).toThrow('row 1: the xlsx file has the number');
    expect(() => cell('<v>5</v>', ' t="x"')).toThrow(
      'row 1: the xlsx file has a cell of the unknown type "x"',
    );
    expect(() => cell('<v>-1</v>', ' t="s"')).toThrow('row 1: the xlsx file has no shared string -1');
  });

  test('shown as a date is lost, by built-in formats and by codes', () => {
    const codes = [
      'yyyy\\-mm',
      '[h]:mm:ss',
      '0.0" days"',
      '[Red]0;yyyy',
      '[$-409]0',
      'General',
      '0.00E+00',
      'm/d',
    ];
    const formats = [0, 14, 9, 22, 45, ...codes.map((_, i) => 164 + i)];
    const styles = `<numFmts>${codes.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts>
      <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${formats.map((id) => `<xf numFmtId="${id}" xfId="0"/>`).join('')}</cellXfs>
      <dxfs><dxf><numFmt numFmtId="165" formatCode="0"/></dxf></dxfs>`;
    const cells = formats.map((_, style) => `<c s="${style}"><v>45000</v></c>`).join('');
    const found = read(sheet(`<row>${cells}<c s="1" t="str"><v>45000</v></c></row>`, undefined, styles))[0]
      ?.cells;
    const isDate = found?.map((each) => each instanceof LostText);
    expect(isDate).toEqual([
      false,
      true,
      false,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
  });
});

describe('a formula', () => {
  const header = '<row r="1"><c t="str"><v>index</v></c><c t="str"><v>prediction</v></c></row>';
  const outputs = async (...cells: string[]) => {
    const rows = cells.map((cell, i) => `<row r="${i + 2}"><c><v>${i}</v></c>${cell}</row>`).join('');
    const file = await openPredictions(source(sheet(header + rows)));
    return [...file.rows()].map(({ output }) => output);
  };

  test("that pandas' writers made of a text is the text, never the value", async () => {
    expect(
      await outputs(
        '<c r="B2"><f>B2*1.2</f><v>0</v></c>',
        '<c r="B3"><f>SUM of &quot;it&quot; is 12</f><v></v></c>',
        '<c r="B4"><f> 48</f></c>',
        '<c r="B5"><f></f><v>0</v></c>',
        '<c r="B6" cm="1"><f t="array" ref="B6">_xlfn._xlws.SORT(A1:A2)+_xlfn.CONCAT(A1)</f><v>0</v></c>',
        '<c r="B7"><f t="shared" ref="B7:B8" si="0">A1</f><v>0</v></c>',
      ),
    ).toEqual(['=B2*1.2', '=SUM of "it" is 12', '= 48', '=', '=SORT(A1:A2)+CONCAT(A1)', '=A1']);
  });

  test.each([
    ['<c r="B2"><f>B2*1.2</f><v>14.4</v></c>'],
    ['<c r="B2" t="n"><f>b2*1.2</f><v>0</v></c>'],
    ['<c r="B2" t="str"><f>"a"</f><v>a</v></c>'],
    ['<c r="B2" t="e"><f>x</f><v>#NAME?</v></c>'],
    ['<c r="B2"><f t="shared" si="0"/><v>0</v></c>'],
    ['<c r="B2"><f t="array" ref="B2:B3">A1:A2</f><v>0</v></c>'],
    ['<c r="B2"><f t="dataTable" ref="B2:C3" r1="A1"/><v>0</v></c>'],
  ])('is refused by row where a spreadsheet worked it out, or it stands elsewhere: %s', async (cell) => {
    await expect(outputs(cell)).rejects.toThrow(
      'row 2: "prediction" is a formula that a spreadsheet program worked out: the text that stood there is lost',
    );
  });

  test('of several cells leaves none of their values', async () => {
    await expect(
      outputs('<c r="C2"><f t="array" ref="B2:C4">x</f><v>0</v></c>', '<c r="B3"><v>5</v></c>'),
    ).rejects.toThrow();
    const range = '<c r="C2"><f t="array" ref="$A$3:B4">x</f><v>0</v></c>';
    const found = read(
      sheet(`<row r="2">${range}</row><row r="3"><c r="A3"><v>5</v></c><c r="C3"><v>6</v></c></row>
      <row r="5"><c r="A5"><v>7</v></c></row>`),
    );
    expect(found.map(({ cells }) => cells.map((cell) => typeof cell === 'string'))).toEqual([
      [true, true, false],
      [false, true, true],
      [true, true, true],
    ]);
    const many = Array.from(
      { length: 65 },
      (_, i) => `<row r="${i + 1}"><c><f t="array" ref="A1:B999">x</f></c></row>`,
    );
    expect(() => read(sheet(many.join('')))).toThrow('row 65: more than 64 formulas of several cells');
  });

  test('in a column that is not read harms nobody', async () => {
    const rows =
      '<row r="2"><c><v>0</v></c><c t="str"><v>x</v></c><c><f t="shared" si="0"/><v>1</v></c></row>';
    const wide = header.replace('</row>', '<c t="str"><v>hit</v></c></row>');
    const file = await openPredictions(source(sheet(wide + rows)));
    expect([...file.rows()]).toMatchObject([{ output: 'x' }]);
  });
});

test('of two columns of one name the first counts, as in pandas', async () => {
  const names = ['index', 'prediction', 'prediction'].map((name) => `<c t="str"><v>${name}</v></c>`).join('');
  const cells = '<c><v>0</v></c><c t="str"><v>first</v></c><c t="str"><v>second</v></c>';
  const file = await openPredictions(source(sheet(`<row>${names}</row><row>${cells}</row>`)));
  expect([...file.rows()]).toMatchObject([{ output: 'first' }]);
});

test.each([
  ['index prediction', 'index'],
  ['index question prediction', 'question'],
  ['index question answer prediction', 'answer'],
  ['index question prediction', 'prediction'],
  ['index question prediction thinking', 'thinking'],
  ['index question prediction res', 'res'],
  ['index question prediction extract', 'extract'],
])('of the columns %s a lost text in %s is refused', async (words, lost) => {
  const columns = words.split(' ');
  const header = columns.map((name) => `<c t="str"><v>${name}</v></c>`).join('');
  const cells = columns.map((name) => (name === lost ? '<c t="e"><v>#REF!</v></c>' : '<c><v>1</v></c>'));
  const file = await openPredictions(source(sheet(`<row>${header}</row><row>${cells.join('')}</row>`)));
  expect(() => [...file.rows()]).toThrow(
    `row 2: "${lost}" is the spreadsheet's error #REF!: the text that stood there is lost`,
  );
});
