// Files that mean no good, or are broken, made up here: each is handed in as a visitor with the token would, and looked through.
import { randomBytes } from 'node:crypto';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

const MB = 1_000_000;
const row = (id, output = 'The final answer is $3$') =>
  `${JSON.stringify({ sample_id: String(id), output })}\n`;
const rows = (count, make = row) => Array.from({ length: count }, (_, index) => make(index)).join('');
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const turned = (content, at) => {
  const copy = Buffer.from(content);
  copy[at] ^= 1;
  return copy;
};
/** That many times 100 MB of a sign. */
const bomb = (count, sign) => Buffer.concat(new Array(count).fill(gzipSync(Buffer.alloc(100 * MB, sign))));

/** Entries `{ name, data, ... }` as a zip says them; what an entry says of itself may be another thing than what it is. */
function zip(entries, { centralOffset, tail = '' } = {}) {
  const locals = [];
  const central = [];
  let offset = 0;
  for (const { name, data = '', raw = deflateRawSync(data), method = 8, flags = 0, ...said } of entries) {
    const { crc = crc32(data), size = Buffer.byteLength(data), at = offset, attributes = 0 } = said;
    const fields = (signature, before) => {
      const head = Buffer.alloc(before + 26);
      head.writeUInt32LE(signature, 0);
      head.writeUInt16LE(20, before);
      head.writeUInt16LE(flags, before + 2);
      head.writeUInt16LE(method, before + 4);
      head.writeUInt32LE(crc, before + 10);
      head.writeUInt32LE(raw.length, before + 14);
      head.writeUInt32LE(size, before + 18);
      head.writeUInt16LE(Buffer.byteLength(name), before + 22);
      return head;
    };
    const local = bytes(fields(0x04034b50, 4), name, raw);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(attributes, 6);
    place.writeUInt32LE(at, 10);
    central.push(bytes(fields(0x02014b50, 6), place.subarray(0, 14), name));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length & 0xffff, 8);
  end.writeUInt16LE(entries.length & 0xffff, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(centralOffset ?? offset, 16);
  return bytes(...locals, directory, end, tail);
}
const zipped = (data, said = {}) => zip([{ name: 'rows.jsonl', data, ...said }]);

const TYPES = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relation = (id, type, target) =>
  `<Relationship Id="${id}" Type="${TYPES}/${type}" Target="${target}"/>`;
function xlsx(parts) {
  const all = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships>${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': '<workbook><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': `<Relationships>${relation('rId1', 'worksheet', 'worksheets/sheet1.xml')}${relation('rId2', 'sharedStrings', 'sharedStrings.xml')}</Relationships>`,
    'xl/sharedStrings.xml': '<sst/>',
    ...parts,
  };
  return zip(Object.entries(all).map(([name, data]) => ({ name, data })));
}
const cell = (reference, text) => `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;
const sheet = (...lines) => `<worksheet><sheetData>${lines.join('')}</sheetData></worksheet>`;
const header = `<row>${cell('A1', 'index')}${cell('B1', 'question')}${cell('C1', 'prediction')}</row>`;

/** By what is wrong with it: what makes it. */
export const FILES = {
  // What is hardly a file.
  'one byte': () => '{',
  'white space, 20 MB': () => ' \n'.repeat(10 * MB),
  'a byte order mark alone': () => '\ufeff',
  'zeros, 20 MB': () => Buffer.alloc(20 * MB),
  'chance, 20 MB': () => randomBytes(20 * MB),
  'a pickle': () => bytes([0x80, 4, 0x95], 'cos\nsystem\n'),
  'UTF-16': () => Buffer.from(rows(100), 'utf16le'),
  'a picture': () => bytes([0x89], 'PNG\r\n\x1a\n', randomBytes(MB)),
  'a web page': () => '<!doctype html><script>alert(1)</script>',
  // JSON and lines of it.
  'a line without an end, 100 MB': () => `{"sample_id":"${'a'.repeat(100 * MB)}`,
  'a row above the limit': () => row(0, 'x'.repeat(9 * MB)),
  'a million brackets': () => '['.repeat(MB),
  'a million braces': () => '{"a":'.repeat(MB),
  'brackets within a row': () => `{"sample_id":"0","output":${'['.repeat(MB)}${']'.repeat(MB)}}`,
  'a list without an end, 50 MB': () => `[${rows(10_000, (n) => `${row(n, 'x'.repeat(5_000)).trim()},`)}`,
  'an object of a million keys': () =>
    `{${Array.from({ length: MB }, (_, n) => `"key${n}":${n}`).join(',')}}`,
  'a row of a million keys': () =>
    `{"sample_id":"0",${Array.from({ length: 500_000 }, (_, n) => `"k${n}":0`).join(',')},"output":"x"}\n`,
  'keys that JavaScript has': () =>
    '{"__proto__":{"sample_id":"0"},"constructor":{"prototype":{}},"sample_id":"__proto__","output":"x"}\n',
  'numbers beyond any': () => `{"sample_id":${'9'.repeat(MB)},"output":"x"}\n`,
  'a number with a large exponent': () => '{"sample_id":1e999999999,"output":"x"}\n',
  'half of a pair, and NUL': () => '{"sample_id":"0","output":"\\ud800 \\u0000"}\n',
  'what is no UTF-8': () => bytes('{"sample_id":"0","output":"', [0xff, 0xfe, 0xc0, 0x80], '"}\n'),
  'signs that turn the line': () => row('\u202e\u2066\u001b[2J0', '\u202ejs.exe\u001b]0;x\u0007'),
  'a million empty objects': () => '{}\n'.repeat(MB),
  'a million and one rows': () => rows(MB + 1, (n) => `{"sample_id":"${n}","output":"x"}\n`),
  'one sample half a million times': () => '{"sample_id":"0","output":"x"}\n'.repeat(500_000),
  'half a million samples that are not': () => rows(500_000, (n) => `{"sample_id":"no ${n}","output":"x"}\n`),
  'an id of 7 MB': () => row('x'.repeat(7 * MB)),
  // gzip.
  'gzip that grows a thousandfold, 10 GB': () => bomb(100, 0),
  'gzip of line ends, 1 GB': () => bomb(10, '\n'),
  'gzip of 200,000 members': () => Buffer.concat(new Array(200_000).fill(gzipSync(''))),
  'gzip in gzip in gzip': () => gzipSync(gzipSync(gzipSync(rows(10)))),
  'gzip that is cut': () => gzipSync(rows(100_000)).subarray(0, 20_000),
  'gzip with a bit turned': () => turned(gzipSync(rows(10_000)), 5_000),
  'gzip with another checksum': () => turned(gzipSync(rows(1_000)), gzipSync(rows(1_000)).length - 8),
  'gzip with another length': () => turned(gzipSync(rows(1_000)), gzipSync(rows(1_000)).length - 1),
  'gzip with 50 MB of zeros behind': () => bytes(gzipSync(rows(10)), Buffer.alloc(50 * MB)),
  'gzip with words behind': () => bytes(gzipSync(rows(10)), 'and more'),
  'gzip with a name that does not end': () =>
    bytes([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3], 'x'.repeat(20 * MB)),
  // zip.
  'zip that grows a thousandfold, 1 GB': () => zipped(Buffer.alloc(1000 * MB)),
  'zip that says to be small': () => zipped('x'.repeat(200 * MB), { size: 10 }),
  'zip that says to be large': () => zipped(rows(10), { size: 0xfffffffe }),
  'zip with another checksum': () => zipped(rows(100), { crc: 1 }),
  'zip with a bit turned': () => turned(zipped(rows(10_000)), 9_000),
  'zip of 60,000 files': () =>
    zip(Array.from({ length: 60_000 }, (_, n) => ({ name: `${n}.jsonl`, raw: Buffer.alloc(0) }))),
  'zip of files that share their bytes': () =>
    zip(Array.from({ length: 16 }, (_, n) => ({ name: `${n}.jsonl`, data: 'x'.repeat(50 * MB), at: 0 }))),
  'zip out of its folder': () => zip([{ name: '../../../../etc/passwd', data: rows(10) }]),
  'zip of a link': () =>
    zip([{ name: 'rows.jsonl', data: '/etc/passwd', attributes: (0o120777 << 16) >>> 0 }]),
  'zip with a password': () => zipped(rows(10), { flags: 1 }),
  'zip packed in a way that is not': () => zipped(rows(10), { method: 99 }),
  'zip whose list lies elsewhere': () => zip([{ name: 'a', data: rows(1) }], { centralOffset: 0xfffffff0 }),
  'zip without its end': () => zipped(rows(1_000)).subarray(0, 100),
  'zip of nothing': () => zip([]),
  'zip in zip': () => zip([{ name: 'a.zip', data: zipped(rows(10)) }]),
  'zip of two predictions': () =>
    zip([
      { name: 'a', data: rows(10) },
      { name: 'b', data: rows(10) },
    ]),
  // Workbooks.
  'a workbook of a billion laughs': () =>
    xlsx({
      'xl/sharedStrings.xml': `<!DOCTYPE s [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, n) => `<!ENTITY a${n} "${`&a${n - 1 || ''};`.repeat(10)}">`).join('')}]><sst><si><t>&a29;</t></si></sst>`,
      'xl/worksheets/sheet1.xml': sheet(header, '<row><c r="A2" t="s"><v>0</v></c></row>'),
    }),
  'a workbook that reads a file': () =>
    xlsx({
      'xl/worksheets/sheet1.xml': `<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>${sheet(header, `<row>${cell('A2', '&x;')}</row>`)}`,
    }),
  'a workbook with a cell far away': () =>
    xlsx({ 'xl/worksheets/sheet1.xml': sheet(header, `<row r="1048576">${cell('XFD1048576', 'x')}</row>`) }),
  'a workbook of 16,000 columns': () =>
    xlsx({
      'xl/worksheets/sheet1.xml': sheet(
        `<row>${'<c t="inlineStr"><is><t>x</t></is></c>'.repeat(16_000)}</row>`,
      ),
    }),
  'a workbook of 500 MB of texts': () =>
    xlsx({
      'xl/sharedStrings.xml': `<sst>${`<si><t>${'x'.repeat(MB)}</t></si>`.repeat(500)}</sst>`,
      'xl/worksheets/sheet1.xml': sheet(header),
    }),
  'a workbook of a million empty rows': () =>
    xlsx({ 'xl/worksheets/sheet1.xml': sheet(header, '<row/>'.repeat(MB)) }),
  'a workbook whose sheet ends in the middle': () =>
    xlsx({ 'xl/worksheets/sheet1.xml': sheet(header).slice(0, 150) }),
  'a workbook whose sheet is itself': () =>
    xlsx({
      'xl/_rels/workbook.xml.rels': `<Relationships>${relation('rId1', 'worksheet', 'workbook.xml')}</Relationships>`,
    }),
  // Tables.
  'a table of 100,000 columns': () => `${Array.from({ length: 100_000 }, (_, n) => `c${n}`).join('\t')}\n`,
  'a table with a quote that does not end, 50 MB': () =>
    `index\tquestion\tprediction\n1\t"${'x\n'.repeat(25 * MB)}`,
  'a table of quotes': () => `index\tquestion\tprediction\n1\t${'"'.repeat(7 * MB)}\n`,
  // What a rule has to read.
  'brackets of LaTeX': () => rows(754, (n) => row(n, `\\boxed{${'\\frac{'.repeat(20_000)}`)),
  'powers of powers': () =>
    rows(754, (n) => row(n, `The final answer is $${'9^{'.repeat(500)}9${'}'.repeat(500)}$`)),
  'a thousand answers': () => rows(754, (n) => row(n, '<answer>$1$</answer>'.repeat(1_000))),
  'thoughts that do not end': () => rows(754, (n) => row(n, '<think>'.repeat(10_000))),
  'numbers of a million digits': () => rows(20, (n) => row(n, `$${'7'.repeat(MB)}$`)),
  'spaces before nothing': () => rows(754, (n) => row(n, `\\boxed{${' '.repeat(50_000)}`)),
};
