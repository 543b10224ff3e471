import { MAX_ROW_BYTES } from './limits';
import { PredictionsError } from './predictions-file';

/** The bytes are those of the reader's buffer: use them before the next step. */
export interface Line {
  /** From 1, blank lines counted, as an editor shows it. */
  row: number;
  /** Of the first byte, in the file. */
  offset: number;
  bytes: Uint8Array;
}

/** Lines that are not blank, without their end (LF or CRLF) and without a byte order mark. */
export function* lines(chunks: Iterable<Uint8Array>): Generator<Line, void> {
  let row = 1;
  let offset = 0;
  let begun: Uint8Array[] = [];
  let begunLength = 0;

  const line = (end: Uint8Array): Line | null => {
    let bytes = begun.length === 0 ? end : concat([...begun, end]);
    let start = offset;
    if (start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      bytes = bytes.subarray(3);
      start = 3;
    }
    if (bytes[bytes.length - 1] === 0x0d) bytes = bytes.subarray(0, -1);
    return isBlank(bytes) ? null : { row, offset: start, bytes };
  };

  for (const chunk of chunks) {
    let from = 0;
    for (;;) {
      const newline = chunk.indexOf(0x0a, from);
      const end = newline < 0 ? chunk.length : newline;
      if (begunLength + end - from > MAX_ROW_BYTES) throw tooLong(row);
      if (newline < 0) {
        // A source may hand out one buffer again and again.
        if (end > from) begun.push(copyOf(chunk.subarray(from)));
        begunLength += end - from;
        break;
      }
      const complete = line(chunk.subarray(from, newline));
      if (complete !== null) yield complete;
      offset += begunLength + newline - from + 1;
      from = newline + 1;
      row++;
      begun = [];
      begunLength = 0;
    }
  }
  const last = line(new Uint8Array(0));
  if (last !== null) yield last;
}

export const tooLong = (row: number | null): PredictionsError =>
  new PredictionsError(`longer than ${MAX_ROW_BYTES} bytes`, row);

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Not `slice`, which in Node's Buffer is a view. */
export const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

export const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const isBlank = (bytes: Uint8Array): boolean => bytes.every(isSpace);
