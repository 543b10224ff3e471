import { MAX_DEPTH, MAX_OUTPUT_LENGTH, MAX_ROW_VALUES } from './limits';
import { LostText } from './lost-text';
import { PredictionsError } from './predictions-file';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param offset of `bytes` in the file, for the message
 * @throws PredictionsError naming the first byte that is not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, row: number | null, offset: number): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new PredictionsError(
      `not UTF-8: invalid byte at offset ${offset + firstInvalidByte(bytes)}; save the file as UTF-8`,
      row,
    );
  }
}

/** A replacement character in the lenient decoding marks the place, unless the file itself contains it there. */
function firstInvalidByte(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let place = 0;
  let from = 0;
  for (;;) {
    const at = text.indexOf('\ufffd', from);
    if (at < 0) return place;
    place += encoder.encode(text.slice(from, at)).length;
    const isItself = bytes[place] === 0xef && bytes[place + 1] === 0xbf && bytes[place + 2] === 0xbd;
    if (!isItself) return place;
    place += 3;
    from = at + 1;
  }
}

/**
 * Parses one row. Python writes NaN and Infinity, which JSON does not have: they become null, so that they do no harm
 * in fields that nobody reads and are refused by name in those that are. Of duplicate keys the last wins, as in Python.
 */
export function parseJson(bytes: Uint8Array, row: number | null, offset: number): unknown {
  const text = decodeUtf8(bytes, row, offset);
  try {
    return JSON.parse(text);
  } catch (error) {
    const repaired = withoutNaN(text);
    if (repaired !== text) {
      try {
        return JSON.parse(repaired);
      } catch {
        // The NaN was not what is wrong: the first error tells more.
      }
    }
    throw new PredictionsError(`not valid JSON (${error instanceof Error ? error.message : error})`, row);
  }
}

function withoutNaN(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  let repaired = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('"', at);
    const outside = open < 0 ? text.slice(at) : text.slice(at, open);
    repaired += outside.replace(/-?\b(?:NaN|Infinity)\b/g, 'null');
    if (open < 0) return repaired;
    const close = closingQuote(text, open);
    if (close < 0) return text;
    repaired += text.slice(open, close + 1);
    at = close + 1;
  }
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

/**
 * The bracket structure of a piece of JSON, without recursion.
 * @throws PredictionsError where it is nested deeper than MAX_DEPTH, or holds more than so many values
 * @returns whether every bracket and string is closed
 */
export function checkNesting(bytes: Uint8Array, row: number | null, mostValues = MAX_ROW_VALUES): boolean {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_DEPTH) throw tooDeep(row);
    } else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x2c && ++values > mostValues) throw tooManyValues(row);
  }
  return depth === 0 && !inString;
}

export const tooDeep = (row: number | null): PredictionsError =>
  new PredictionsError(`nested deeper than ${MAX_DEPTH} levels; a row of a predictions file is flat`, row);

export const tooManyValues = (row: number | null): PredictionsError =>
  new PredictionsError(`more than ${MAX_ROW_VALUES} values; a row of a predictions file has a few`, row);

/** @throws PredictionsError where the field is no text or too long */
export function textOf(record: JsonObject, key: string, row: number): string {
  const value = record[key];
  if (typeof value !== 'string') {
    throw new PredictionsError(
      `"${key}" is ${inWords(value)}; a text is expected (an empty one where the model gave none)`,
      row,
    );
  }
  return storable(value, key, row);
}

/**
 * NUL and lone surrogates can be written in JSON but neither stored in Postgres nor encoded as UTF-8; no scorer's rule
 * looks at them. They become U+FFFD here, so that what is scored, stored and shown is the same text.
 */
export function storable(text: string, key: string, row: number): string {
  if (text.length > MAX_OUTPUT_LENGTH) {
    throw new PredictionsError(
      `"${key}" has ${text.length} characters; at most ${MAX_OUTPUT_LENGTH} are taken`,
      row,
    );
  }
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
}

/** What a judge extracted, as Python's `str` writes it; undefined where the field is absent. */
export function extractionOf(record: JsonObject, key: string, row: number): string | undefined {
  const value = record[key];
  if (value instanceof LostText) return textOf(record, key, row);
  if (value === null) return 'None';
  return typeof value === 'string' || typeof value === 'number'
    ? storable(String(value), key, row)
    : undefined;
}

export function inWords(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null or NaN';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof LostText) return `${value.what}: the text that stood there is lost`;
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`;
}
