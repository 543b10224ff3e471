import { concat, copyOf, tooLong } from './json-lines';
import { decodeUtf8 } from './json-text';
import { MAX_ROW_BYTES } from './limits';
import { PredictionsError } from './predictions-file';
import type { TableRow } from './table';

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;

/**
 * Tab-separated values as pandas writes them: a cell in double quotes may hold tabs, line ends and doubled quotes; a
 * quote within an unquoted cell is itself. Blank rows are skipped.
 */
export function* tsvRows(chunks: Iterable<Uint8Array>): Generator<TableRow, void> {
  let row = 1;
  let offset = 0;
  let begun: Uint8Array[] = [];
  let begunLength = 0;
  /** `quote`: after a quote in a quoted cell, which closes it or is the first of two. */
  let state: 'start' | 'plain' | 'quoted' | 'quote' = 'start';

  const complete = (tail: Uint8Array): TableRow | null => {
    let bytes = begun.length === 0 ? tail : concat([...begun, tail]);
    if (offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
      bytes = bytes.subarray(3);
    if (bytes[bytes.length - 1] === RETURN) bytes = bytes.subarray(0, -1);
    return bytes.length === 0 ? null : { row, cells: cellsOf(decodeUtf8(bytes, row, offset)) };
  };

  for (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (state === 'quoted') {
        if (byte === QUOTE) state = 'quote';
      } else if (byte === QUOTE && state !== 'plain') {
        state = 'quoted';
      } else if (byte === TAB) {
        state = 'start';
      } else if (byte === NEWLINE) {
        const cells = complete(chunk.subarray(from, at));
        if (cells !== null) yield cells;
        offset += begunLength + at - from + 1;
        from = at + 1;
        begun = [];
        begunLength = 0;
        state = 'start';
        row++;
      } else if (
        !(state === 'start' && offset + begunLength + at - from < 3 && byte !== undefined && byte >= 0xbb)
      ) {
        // (The first cell's quote may stand behind a byte order mark.)
        state = 'plain';
      }
    }
    begunLength += chunk.length - from;
    if (begunLength > MAX_ROW_BYTES) throw tooLong(row);
    // A source may hand out one buffer again and again.
    if (from < chunk.length) begun.push(copyOf(chunk.subarray(from)));
  }
  if (state === 'quoted')
    throw new PredictionsError('a quoted cell is not closed; was the file cut off?', row);
  const cells = complete(new Uint8Array(0));
  if (cells !== null) yield cells;
}

function cellsOf(text: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let end = text.indexOf('"', at + 1);
      while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      const tab = text.indexOf('\t', end + 1);
      const after = text.slice(end + 1, tab < 0 ? undefined : tab);
      const quoted = text.slice(at + 1, end);
      // No replaceAll, which takes four times as long where a cell is nothing but quotes.
      cells.push(quoted.split('""').join('"') + after);
      at = tab;
    } else {
      const tab = text.indexOf('\t', at);
      cells.push(text.slice(at, tab < 0 ? undefined : tab));
      at = tab;
    }
    if (at < 0) return cells;
    at++;
  }
}
