import { concat, copyOf, isSpace, tooLong } from './json-lines';
import { parseJson, tooDeep, tooManyValues } from './json-text';
import { MAX_DEPTH, MAX_ROW_BYTES, MAX_ROW_VALUES } from './limits';
import { PredictionsError } from './predictions-file';

/**
 * A part of a JSON document that is parsed on its own: an element of the top-level array, or of the array `results` in
 * a top-level object; or any other entry of the top-level object. The bytes are those of the reader's buffer: use them
 * before the next step.
 */
export type DocumentPart = { row: number; offset: number; bytes: Uint8Array } & (
  | { kind: 'element'; inEntry: boolean }
  | { kind: 'entry'; key: string }
);

type Container = 'array' | 'object';
/** What may come next, outside of a part. */
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
 * Cuts a JSON document of any size into parts in one pass, with the memory of one of them: what JSON.parse would need
 * for the whole of a 100 MB file is several times that.
 */
export function* documentParts(chunks: Iterable<Uint8Array>): Generator<DocumentPart, void> {
  const containers: Container[] = [];
  let expected: Expected = 'document';
  let key: string | null = null;
  let row = 1;
  let chunkOffset = 0;

  /** The part, or the key, that is being cut. */
  let cut: Cut | null = null;

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
          if (byte === 0x2c || byte === 0x3a || byte === 0x5d || byte === 0x7d) throw unexpected(at, byte);
          cut = new Cut(byte, chunkOffset + at, row);
          from = at;
        } else {
          throw unexpected(at, byte);
        }
        continue;
      }

      const end = cut.endIn(chunk, at);
      if (end < 0) break;
      const { offset } = cut;
      const bytes = cut.with(chunk.subarray(from, end));
      cut = null;
      at = end;
      if (expected === 'key' || expected === 'first key') {
        key = String(parseJson(bytes, row, offset));
        expected = 'colon';
        continue;
      }
      expected = 'comma';
      const isElement = containers[containers.length - 1] === 'array';
      if (isElement) yield { kind: 'element', inEntry: containers.length === 2, row, offset, bytes };
      else yield { kind: 'entry', key: key ?? '', row, offset, bytes };
      row++;
    }
    cut?.keep(chunk.subarray(from));
    chunkOffset += chunk.length;
  }
  if (expected !== 'end') {
    throw new PredictionsError(
      'not valid JSON: the file ends before its last bracket is closed; was it cut off?',
      containers.length === 0 ? null : row,
    );
  }
}

/** A value on its way from its first byte to its last, over as many chunks as it takes. */
class Cut {
  private readonly isScalar: boolean;
  private depth = 0;
  private values = 1;
  private inString = false;
  private escaped = false;
  private readonly begun: Uint8Array[] = [];
  private length = 0;

  constructor(
    first: number | undefined,
    readonly offset: number,
    private readonly row: number,
  ) {
    this.isScalar = first !== 0x7b && first !== 0x5b && first !== 0x22;
  }

  /** Where in the chunk the value ends, from where its scan goes on; -1 where it does not end there. */
  endIn(chunk: Uint8Array, from: number): number {
    if (this.isScalar) {
      const length = chunk
        .subarray(from)
        .findIndex((byte) => byte === 0x2c || byte === 0x5d || byte === 0x7d || isSpace(byte));
      return length < 0 ? -1 : from + length;
    }
    // Locals, because this loop sees every byte of the file.
    let { depth, values, inString } = this;
    let at = this.escaped ? from + 1 : from;
    while (at < chunk.length) {
      const byte = chunk[at++];
      if (inString) {
        if (byte === 0x5c) at++;
        else if (byte === 0x22) {
          inString = false;
          if (depth === 0) return at;
        }
      } else if (byte === 0x22) {
        inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        if (++depth > MAX_DEPTH) throw tooDeep(this.row);
      } else if (byte === 0x7d || byte === 0x5d) {
        if (--depth === 0) return at;
      } else if (byte === 0x2c && ++values > MAX_ROW_VALUES) throw tooManyValues(this.row);
    }
    this.depth = depth;
    this.values = values;
    this.inString = inString;
    this.escaped = at > chunk.length;
    return -1;
  }

  keep(part: Uint8Array): void {
    this.length += part.length;
    if (this.length > MAX_ROW_BYTES) throw tooLong(this.row);
    // A source may hand out one buffer again and again.
    this.begun.push(copyOf(part));
  }

  /** The whole value. */
  with(tail: Uint8Array): Uint8Array {
    if (this.length + tail.length > MAX_ROW_BYTES) throw tooLong(this.row);
    return this.begun.length === 0 ? tail : concat([...this.begun, tail]);
  }
}
