import { concat, isSpace, tooLong } from './json-lines';
import { parseJson, tooDeep } from './json-text';
import { MAX_DEPTH, MAX_ROW_BYTES } from './limits';
import { PredictionsError } from './predictions-file';

/**
 * A part of a JSON document that is parsed on its own: an element of the top-level array, or of the array `results` in
 * a top-level object; or any other entry of the top-level object. The bytes are those of the reader's buffer: use them
 * before the next step.
 */
export type Piece = { row: number; offset: number; bytes: Uint8Array } & (
  | { kind: 'element'; inEntry: boolean }
  | { kind: 'entry'; key: string }
);

type Container = 'array' | 'object';
/** What may come next, outside of a piece. */
type Expected = 'document' | 'first value' | 'value' | 'first key' | 'key' | 'colon' | 'comma' | 'end';

const EXPECTED: Record<Expected, string> = {
  document: 'a list or an object',
  'first value': 'a value or "]"',
  value: 'a value',
  'first key': 'a key or "}"',
  key: 'a key',
  colon: 'a ":"',
  comma: 'a "," or a closing bracket',
  end: 'the end of the file',
};
const CLOSE: Record<Container, number> = { array: 0x5d, object: 0x7d };
const LIST = 'results';

/**
 * Cuts a JSON document of any size into pieces in one pass, with the memory of one piece: what JSON.parse would need
 * for the whole of a 100 MB file is several times that.
 */
export function* pieces(chunks: Iterable<Uint8Array>): Generator<Piece, void> {
  const containers: Container[] = [];
  let expected: Expected = 'document';
  let key: string | null = null;
  let row = 1;
  let chunkOffset = 0;

  // The piece (or key) that is being cut.
  let cut: 'nested' | 'string' | 'scalar' | null = null;
  let cutOffset = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let begun: Uint8Array[] = [];
  let begunLength = 0;

  const unexpected = (at: number, byte: number | undefined): PredictionsError =>
    new PredictionsError(
      `not valid JSON: "${String.fromCharCode(byte ?? 0)}" at byte ${chunkOffset + at}, where ${EXPECTED[expected]} is expected`,
      containers.length === 0 ? null : row,
    );

  for (const chunk of chunks) {
    let at = 0;
    let from = 0;
    while (at < chunk.length) {
      if (cut === null) {
        const byte = chunk[at];
        const inside = containers[containers.length - 1];
        if (isSpace(byte)) {
          at++;
        } else if (expected === 'document') {
          const isMark = chunkOffset + at < 3 && (byte === 0xef || byte === 0xbb || byte === 0xbf);
          if (byte === 0x5b) containers.push('array');
          else if (byte === 0x7b) containers.push('object');
          else if (!isMark) throw unexpected(at, byte);
          if (byte === 0x5b) expected = 'first value';
          if (byte === 0x7b) expected = 'first key';
          at++;
        } else if (
          inside !== undefined &&
          byte === CLOSE[inside] &&
          (expected === 'comma' || expected === 'first value' || expected === 'first key')
        ) {
          containers.pop();
          expected = containers.length === 0 ? 'end' : 'comma';
          at++;
        } else if (expected === 'comma' && byte === 0x2c) {
          expected = inside === 'array' ? 'value' : 'key';
          at++;
        } else if (expected === 'colon' && byte === 0x3a) {
          expected = 'value';
          at++;
        } else if (
          expected === 'value' &&
          byte === 0x5b &&
          key === LIST &&
          containers.length === 1 &&
          inside === 'object'
        ) {
          containers.push('array');
          row = 1;
          expected = 'first value';
          at++;
        } else if (
          expected === 'value' ||
          expected === 'first value' ||
          ((expected === 'key' || expected === 'first key') && byte === 0x22)
        ) {
          // The byte itself is looked at by the scan below.
          cut = byte === 0x7b || byte === 0x5b ? 'nested' : byte === 0x22 ? 'string' : 'scalar';
          cutOffset = chunkOffset + at;
          from = at;
          if (cut === 'scalar' && (byte === 0x2c || byte === 0x3a || byte === 0x5d || byte === 0x7d)) {
            throw unexpected(at, byte);
          }
        } else {
          throw unexpected(at, byte);
        }
        continue;
      }

      let done = false;
      if (cut === 'scalar') {
        for (; at < chunk.length; at++) {
          const byte = chunk[at];
          if (byte === 0x2c || byte === 0x5d || byte === 0x7d || isSpace(byte)) {
            done = true;
            break;
          }
        }
      } else {
        while (at < chunk.length && !done) {
          const byte = chunk[at++];
          if (inString) {
            if (escaped) escaped = false;
            else if (byte === 0x5c) escaped = true;
            else if (byte === 0x22) {
              inString = false;
              done = depth === 0;
            }
          } else if (byte === 0x22) {
            inString = true;
          } else if (byte === 0x7b || byte === 0x5b) {
            if (++depth > MAX_DEPTH) throw tooDeep(row);
          } else if (byte === 0x7d || byte === 0x5d) {
            done = --depth === 0;
          }
        }
      }
      if (begunLength + at - from > MAX_ROW_BYTES) throw tooLong(row);
      if (!done) continue;

      const tail = chunk.subarray(from, at);
      const bytes: Uint8Array = begun.length === 0 ? tail : concat([...begun, tail]);
      cut = null;
      begun = [];
      begunLength = 0;
      if (expected === 'key' || expected === 'first key') {
        key = String(parseJson(bytes, row, cutOffset));
        expected = 'colon';
      } else {
        expected = 'comma';
        const isElement = containers[containers.length - 1] === 'array';
        const inEntry = containers.length === 2;
        if (isElement) yield { kind: 'element', inEntry, row, offset: cutOffset, bytes };
        else yield { kind: 'entry', key: key ?? '', row, offset: cutOffset, bytes };
        row++;
      }
    }
    if (cut !== null) {
      // A copy: a source may hand out one buffer again and again.
      begun.push(chunk.slice(from));
      begunLength += chunk.length - from;
    }
    chunkOffset += chunk.length;
  }
  if (expected !== 'end') {
    throw new PredictionsError(
      'not valid JSON: the file ends before its last bracket is closed; was it cut off?',
      containers.length === 0 ? null : row,
    );
  }
}
