import { MAX_COLUMNS, MAX_OUTPUT_LENGTH } from './limits';
import { PredictionsError } from './predictions-file';
import type { TableRow } from './table';
import type { ZipEntry } from './zip';

export const isXlsx = (entries: readonly ZipEntry[]): boolean =>
  entries.some((entry) => entry.name === 'xl/workbook.xml');

/**
 * The rows of the first sheet as texts: what a cell holds, not how it is shown (a number as JavaScript writes it, a date
 * as its number). Blank rows are skipped, and empty cells at a row's end are filled up to the header's width.
 *
 * Read as a stream, with only the shared strings in memory: a library that makes an array of the sheet can be made to
 * make one of a billion rows by a single cell named A999999999.
 */
export function* xlsxRows(entries: readonly ZipEntry[]): Generator<TableRow, void> {
  const sheet = entries
    .filter((entry) => /^xl\/worksheets\/[^/]+\.xml$/.test(entry.name))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))[0];
  if (sheet === undefined) throw new PredictionsError('the xlsx file has no sheet');
  const strings = sharedStrings(entries.find((entry) => entry.name === 'xl/sharedStrings.xml'));

  let width: number | null = null;
  let row = 0;
  let cells: string[] = [];
  let column = 0;
  let type: string | null = null;
  let text = '';
  let inText = false;
  for (const token of xml(sheet.chunks())) {
    if (token.kind === 'text') {
      if (inText) text = appended(text, token.text, row);
    } else if (token.name === 'row' && token.kind === 'open') {
      row = rowOf(token.attribute('r'), row + 1);
      cells = [];
      column = 0;
    } else if (token.name === 'row') {
      while (cells.at(-1) === '') cells.pop();
      if (cells.length === 0) continue;
      width ??= cells.length;
      while (cells.length < width) cells.push('');
      yield { row, cells };
    } else if (token.name === 'c' && token.kind === 'open') {
      column = columnOf(token.attribute('r'), column + 1, row);
      type = token.attribute('t');
      text = '';
    } else if (token.name === 'c') {
      while (cells.length < column - 1) cells.push('');
      cells[column - 1] = cellText(type, text, strings, row);
    } else if (token.name === 'v' || token.name === 't') {
      inText = token.kind === 'open';
    }
  }
}

/** Of `<si><t>…</t></si>`, or of runs `<si><r><t>…</t></r>…</si>`; `<rPh>` holds how the text is pronounced. */
function sharedStrings(entry: ZipEntry | undefined): string[] {
  const strings: string[] = [];
  if (entry === undefined) return strings;
  let text = '';
  let inText = false;
  let inPhonetic = false;
  for (const token of xml(entry.chunks())) {
    if (token.kind === 'text') {
      if (inText && !inPhonetic) text = appended(text, token.text, null);
    } else if (token.name === 't') inText = token.kind === 'open';
    else if (token.name === 'rPh') inPhonetic = token.kind === 'open';
    else if (token.name === 'si') {
      if (token.kind === 'open') text = '';
      else strings.push(unescaped(text));
    }
  }
  return strings;
}

function appended(text: string, more: string, row: number | null): string {
  if (text.length + more.length <= MAX_OUTPUT_LENGTH) return text + more;
  throw new PredictionsError(`a cell has more than ${MAX_OUTPUT_LENGTH} characters`, row);
}

function cellText(type: string | null, text: string, strings: readonly string[], row: number): string {
  if (type === 's') {
    const string = strings[Number(text)];
    if (string === undefined) throw new PredictionsError(`the xlsx file has no shared string ${text}`, row);
    return string;
  }
  if (type === 'b') return text === '1' ? 'True' : 'False';
  if (type === 'str' || type === 'inlineStr' || type === 'e' || type === 'd') return unescaped(text);
  // A number, in which Excel may keep 0.1 as 0.1 and 5 as 5.0 or 5E0.
  return text === '' || Number.isNaN(Number(text)) ? text : String(Number(text));
}

/** ECMA-376 part 1, 22.9.2.19: characters that XML cannot hold are written `_x000D_`. */
const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

function rowOf(text: string | null, next: number): number {
  const row = text === null ? next : Number(text);
  if (Number.isSafeInteger(row) && row >= next) return row;
  throw new PredictionsError(`the xlsx file is damaged: row ${text} stands after row ${next - 1}`);
}

/** "A1" is column 1. */
function columnOf(reference: string | null, next: number, row: number): number {
  const letters = /^[A-Z]*/.exec(reference ?? '')?.[0] ?? '';
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  if (letters === '') column = next;
  if (column >= next && column <= MAX_COLUMNS) return column;
  throw new PredictionsError(`cell ${reference}: at most ${MAX_COLUMNS} columns are taken, in order`, row);
}

type Token =
  | { kind: 'open'; name: string; attribute(name: 'r' | 't'): string | null }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string };

/**
 * The tags and texts of well-formed XML, as far as sheets need it: names without their namespace; comments,
 * instructions and the document type are passed over, and entities are the five of XML and numbers, so that none expands.
 */
function* xml(chunks: Iterable<Uint8Array>): Generator<Token, void> {
  let rest = '';
  for (const chunk of texts(chunks)) {
    const text = rest + chunk;
    let at = 0;
    while (at < text.length) {
      if (text[at] === '<') {
        const end = endOfTag(text, at);
        if (end < 0) break;
        yield* tag(text.slice(at, end));
        at = end;
      } else {
        const next = text.indexOf('<', at);
        const end = next < 0 ? beforeEntity(text, at) : next;
        if (end === at) break;
        yield { kind: 'text', text: decoded(text.slice(at, end)) };
        at = end;
      }
    }
    rest = text.slice(at);
    if (rest.length > MAX_TAG_LENGTH) throw cutOff();
  }
  if (rest !== '') throw cutOff();
}
const cutOff = (): PredictionsError =>
  new PredictionsError('the xlsx file is damaged: its XML has a tag without end');
const MAX_TAG_LENGTH = 1024 * 1024;

/** A text goes on in the next chunk; up to where it surely has no part of an entity. */
function beforeEntity(text: string, from: number): number {
  const open = text.lastIndexOf('&');
  return open >= from && text.length - open < 16 && !text.includes(';', open) ? open : text.length;
}

/** UTF-8, whose characters may be cut by the ends of chunks. */
function* texts(chunks: Iterable<Uint8Array>): Generator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError)
      throw new PredictionsError('the xlsx file is damaged: its XML is not UTF-8');
    throw error;
  }
}

/** Where the markup that begins at `at` has its end, -1 where that is still to come. */
function endOfTag(text: string, at: number): number {
  const end = (mark: string): number => {
    const found = text.indexOf(mark, at);
    return found < 0 ? -1 : found + mark.length;
  };
  if (text.startsWith('<!--', at)) return end('-->');
  if (text.startsWith('<![CDATA[', at)) return end(']]>');
  // A ">" may stand in the value of an attribute; none that a sheet needs has one.
  return end('>');
}

/** The two that sheets need: a row's or cell's reference, and a cell's type. */
const ATTRIBUTES = { r: /\sr\s*=\s*(["'])(.*?)\1/s, t: /\st\s*=\s*(["'])(.*?)\1/s };
const NAME = /^<\/?(?:[^\s:/>]+:)?([^\s/>]+)/;

function* tag(markup: string): Generator<Token, void> {
  if (markup.startsWith('<![CDATA[')) {
    yield { kind: 'text', text: markup.slice(9, -3) };
    return;
  }
  const name = NAME.exec(markup)?.[1];
  if (name === undefined || markup[1] === '!' || markup[1] === '?') return;
  if (markup[1] !== '/') {
    const attribute = (wanted: 'r' | 't'): string | null => {
      const value = ATTRIBUTES[wanted].exec(markup)?.[2];
      return value === undefined ? null : decoded(value);
    };
    yield { kind: 'open', name, attribute };
    if (!markup.endsWith('/>')) return;
  }
  yield { kind: 'close', name };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decoded = (text: string): string =>
  text.includes('&')
    ? text.replace(
        /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g,
        (whole, hex?: string, decimal?: string, name?: string) => {
          if (name !== undefined) return ENTITIES[name] ?? whole;
          const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
          return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
        },
      )
    : text;
