import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openPredictions } from './open';
import { relations, workbook } from './workbook-fixture';
import { xlsxRows } from './xlsx';
import { zipEntries } from './zip';

const read = (parts: Zippable, chunkBytes = 1 << 16) => {
  const bytes = zipSync(parts, { level: chunkBytes < 4 ? 0 : 6 });
  return [
    ...xlsxRows(
      zipEntries(function* () {
        for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
      }),
    ),
  ].map(({ cells }) => cells);
};

const sheetOf = (text: string): string =>
  `<worksheet><sheetData><row><c t="str"><v>${text}</v></c></row></sheetData></worksheet>`;

describe('the sheet that is read', () => {
  const sheets = {
    'xl/worksheets/sheet1.xml': sheetOf('one'),
    'xl/worksheets/sheet2.xml': sheetOf('two'),
  };
  const listed = (...entries: string[]) => ({
    'xl/workbook.xml': `<workbook><sheets>${entries.join('')}</sheets></workbook>`,
  });
  const related = (...targets: Parameters<typeof relations>) => ({
    'xl/_rels/workbook.xml.rels': relations(...targets),
  });
  const both = related(
    ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
    ['rId2', 'worksheet', 'worksheets/sheet2.xml'],
  );

  test('is the first tab, hidden or not, whatever its part is called', () => {
    const first = '<sheet name="a > b" sheetId="7" state="hidden" r:id="rId2"/>';
    const second = '<sheet name="b" sheetId="1" r:id="rId1"/>';
    expect(read(workbook({ ...sheets, ...listed(first, second), ...both }))).toEqual([['two']]);
    expect(read(workbook({ ...sheets, ...listed(second, first), ...both }))).toEqual([['one']]);
  });

  test('is no chart, no macro sheet and none that the workbook does not list', () => {
    const parts = {
      ...sheets,
      ...listed(
        '<sheet name="c" r:id="rId3"/>',
        '<sheet name="d" r:id="rId4"/>',
        '<sheet name="b" r:id="rId2"/>',
      ),
      ...related(
        ['rId2', 'worksheet', 'worksheets/sheet2.xml'],
        ['rId3', 'chartsheet', 'chartsheets/sheet1.xml'],
        ['rId4', 'xlMacrosheet', 'macrosheets/sheet1.xml'],
      ),
    };
    expect(read(workbook(parts))).toEqual([['two']]);
  });

  test.each([
    ['worksheets/sheet2.xml', 'xl/worksheets/sheet2.xml'],
    ['/xl/worksheets/sheet2.xml', 'xl/worksheets/sheet2.xml'],
    ['./worksheets/../a/b.xml', 'xl/a/b.xml'],
    ['../data.xml', 'data.xml'],
    ['Worksheets/Sheet2.xml', '/xl/worksheets/sheet2.xml'],
    ['worksheets/sheet2.xml', 'xl\\worksheets\\sheet2.xml'],
  ])('%s is the part %s', (target, name) => {
    const parts = { ...related(['rId1', 'worksheet', target]), [name]: sheetOf('here') };
    expect(read(workbook(parts))).toEqual([['here']]);
  });

  test('is found in a workbook of another name, with prefixes, in strict namespaces, in UTF-16', () => {
    const strict = 'http://purl.oclc.org/ooxml/officeDocument/relationships';
    const parts = {
      '_rels/.rels': `<p:Relationships><p:Relationship Target="/xl/book2.xml" Type='${strict}/officeDocument' Id="a"/></p:Relationships>`,
      'xl/book2.xml': `<x:workbook><x:sheets><x:sheet name='"' sheetId="1" d:id="R1"/></x:sheets></x:workbook>`,
      'xl/_rels/book2.xml.rels': `<Relationships><Relationship Type="${strict}/worksheet" Id = "R1" Target="s.xml"/></Relationships>`,
    };
    const sheet = `<?xml version="1.0" encoding="UTF-16"?>
      <x:worksheet><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>é😀</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`;
    const little = new Uint8Array(Buffer.from(`\ufeff${sheet}`, 'utf16le'));
    const big = new Uint8Array(Buffer.from(little).swap16());
    for (const bytes of [little, big])
      for (const chunkBytes of [1, 7, 1 << 16])
        expect(read({ ...workbook(parts), 'xl/s.xml': bytes }, chunkBytes)).toEqual([['é😀']]);
  });

  test('is refused in words where it is not there', async () => {
    expect(() => read(workbook({ ...listed(), ...sheets }))).toThrow('the xlsx file has no sheet');
    expect(() => read(workbook({ ...sheets, ...related() }))).toThrow('the xlsx file has no sheet');
    expect(() => read(workbook(related(['rId1', 'worksheet', 'worksheets/sheet9.xml'])))).toThrow(
      'the xlsx file is damaged: it has no xl/worksheets/sheet9.xml',
    );
    const strings = related(
      ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
      ['rId2', 'sharedStrings', 'strings.xml'],
    );
    expect(() => read(workbook({ ...sheets, ...strings }))).toThrow('it has no xl/strings.xml');
    const latin = `<?xml version="1.0" encoding="ISO-8859-1"?>${sheetOf('x')}`;
    expect(() => read(workbook({ 'xl/worksheets/sheet1.xml': latin }))).toThrow('has XML in ISO-8859-1');
    expect(() => read(workbook({ 'xl/worksheets/sheet1.xml': '' }))).toThrow('its XML is empty');
    expect(() =>
      read({ ...workbook({}), 'xl/worksheets/sheet1.xml': new Uint8Array([0x3c, 0x61, 0x3e, 0xff]) }),
    ).toThrow('its XML is not UTF-8');
    const binary = { '_rels/.rels': relations(['rId1', 'officeDocument', 'xl/workbook.bin']) };
    expect(() => read(workbook(binary))).toThrow('a binary Excel workbook (xlsb): save it as xlsx');
    const word = { '_rels/.rels': relations(['rId1', 'officeDocument', 'word/document.xml']) };
    expect(() => read(workbook({ ...word, 'word/document.xml': '<a/>' }))).toThrow(
      'no workbook that can be read',
    );
    const ods = zipSync({
      mimetype: strToU8('application/vnd.oasis.opendocument.spreadsheet'),
      'content.xml': strToU8('<office:document-content/>'),
    });
    await expect(openPredictions({ name: 'f', size: ods.length, chunks: () => [ods] })).rejects.toThrow(
      'an OpenDocument spreadsheet: save it as xlsx',
    );
  });
});

test('line ends are line feeds, however the bytes are cut', () => {
  const text = 'a\r\nb\r\rc\r\n\r\nd\n\re\r';
  const parts = workbook({ 'xl/worksheets/sheet1.xml': sheetOf(text.repeat(40)) });
  for (const chunkBytes of [1, 2, 3, 1 << 16])
    expect(read(parts, chunkBytes)).toEqual([['a\nb\n\nc\n\nd\n\ne\n'.repeat(40)]]);
});
