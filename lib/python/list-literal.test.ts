import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readList } from './list-literal';
import golden from './list-literal.golden.json';

/** CPython's `repr` of a text: single quotes unless only those occur in it, and no character that is not printable. */
function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = (character: string): string => {
    if (character === quote || character === '\\') return `\\${character}`;
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
    if (named !== undefined) return named;
    if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
    const code = (character.codePointAt(0) ?? 0).toString(16);
    if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  };
  return quote + Array.from(text, escaped).join('') + quote;
}

const texts = fc.array(
  fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom("'", '"', '\\', '\n', 'n', 'x', 'u', 'N', '\0', '\x85', '\xad', '\u2028', '\ud800'),
    ),
  }),
);

test("Python's repr of any list or tuple of texts comes back", () =>
  fc.assert(
    fc.property(texts, (list) => {
      expect(readList(`[${list.map(repr).join(', ')}]`)).toEqual(list);
      expect(readList(`(${list.map((text) => `${repr(text)},`).join(' ')})`)).toEqual(list);
    }),
    { numRuns: 500 },
  ));

test('so does JSON, whatever it escapes', () =>
  fc.assert(
    fc.property(texts, (list) => {
      const json = JSON.stringify(list);
      expect(readList(json)).toEqual(list);
      const ascii = json.replace(
        /[^ -~]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      expect(readList(ascii)).toEqual(list);
    }),
  ));

// [repr(list), list] of random lists, written by CPython 3.11.
test.each(golden as [string, string[]][])('%j', (written, list) => {
  expect(readList(written)).toEqual(list);
});

test.each([
  // Every escape, and one that is none.
  [String.raw`['\a\b\f\n\r\t\v\\\'\"']`, ['\x07\b\f\n\r\t\v\\\'"']],
  [String.raw`['\0\12\1011\8\777', '\x41\xe9\u00e9\U0001F600\ud800']`, ['\0\nA1\\8\u01ff', 'Aéé😀\ud800']],
  [
    String.raw`['\d \/', '\
x']`,
    ['\\d \\/', 'x'],
  ],
  [String.raw`["\/\b"]`, ['/\b']],
  // Ways of writing a text.
  [
    String.raw`[r'\n', u'\n', R"\"", '''a
'b''', """c"d"""]`,
    ['\\n', '\n', '\\"', "a\n'b", 'c"d'],
  ],
  [`['a' "b"\n 'c', 'd',]`, ['abc', 'd']],
  // What else is in lists.
  ['[1, -2.50, 1e3, True, False, None]', [1, -2.5, 1000, true, false, null]],
  ['[true, null, 1.0]', [true, null, 1]],
  [` [[1, 2], ('a',), ()] `, [[1, 2], ['a'], []]],
  [`('a', 'b')`, ['a', 'b']],
  ['[]', []],
])('%s', (written, list) => {
  expect(readList(written)).toEqual(list);
});

test.each([
  '',
  'x',
  "'a'",
  "('a')",
  '[1, 2)',
  '(0, 1]',
  '[a]',
  "['a]",
  "['a'",
  "['a'] x",
  "['a' 1]",
  '[1 2]',
  '[,]',
  "['a',, 'b']",
  "['a\nb']",
  "[b'a']",
  "[f'{x}']",
  "[br'a']",
  String.raw`['\N{BULLET}']`,
  String.raw`['\x4']`,
  String.raw`['\u12']`,
  String.raw`['\U00110000']`,
  String.raw`['\']`,
  '[{}]',
  '{"a": 1}',
  '[1, __import__("os")]',
])('no list: %s', (text) => {
  expect(readList(text)).toBeNull();
});

test('hostile texts take a moment', () => {
  expect(readList(`${'['.repeat(65)}${']'.repeat(65)}`)).toBeNull();
  expect(readList('['.repeat(1_000_000))).toBeNull();
  expect(readList(`[${'('.repeat(1_000_000)}`)).toBeNull();
  const text = String.raw`\'\n\x41`.repeat(100_000);
  expect(readList(`['${text}']`)).toEqual(["'\nA".repeat(100_000)]);
  expect(readList(`['${text}`)).toBeNull();
});
