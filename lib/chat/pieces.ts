import { reflections } from '@/lib/reasoning/reflection';
import type { Box } from '@/lib/scoring/box';

/**
 * What a reply's text is made of, for showing. The text is hostile: a piece says what stands where, and whatever is no
 * mathematics, box or reflection stays plain text. Linear in the text.
 */
export type ReplyPiece =
  /** `code` is what Markdown quotes by backticks, these included: what looks like mathematics in it is none. */
  | { kind: 'text' | 'reflection' | 'code'; text: string }
  /** `tex` without its delimiters; `text` with them, for where it cannot be typeset. */
  | { kind: 'mathematics'; text: string; tex: string; display: boolean }
  | { kind: 'box'; text: string; box: Box; label: string | null };

const NUMBERS = String.raw`\[\s{0,4}(\d{1,5}),\s{0,4}(\d{1,5}),\s{0,4}(\d{1,5}),\s{0,4}(\d{1,5})\s{0,4}\]`;
const BOX = new RegExp(
  String.raw`\{\s{0,4}"bbox_2d":\s{0,4}${NUMBERS}(?:,\s{0,4}"label":\s{0,4}"([^"\n]{0,80})")?\s{0,4}\}|${NUMBERS}`,
  'g',
);

/** Longer is no formula that anybody would read. */
const LONGEST = 2_000;
const OPENING = /\\\[|\\\(|\$\$?/g;
const CLOSING: Readonly<Record<string, string>> = { '\\[': '\\]', '\\(': '\\)', $$: '$$', $: '$' };

interface Found {
  start: number;
  piece: ReplyPiece;
}

/** The pieces of a text, in order and without gaps. */
export function piecesOf(text: string): ReplyPiece[] {
  const found = [...mathematicsIn(text), ...boxesIn(text), ...reflectionsIn(text), ...codeIn(text)].toSorted(
    (one, other) => one.start - other.start,
  );
  const pieces: ReplyPiece[] = [];
  let at = 0;
  for (const { start, piece } of found) {
    // What begins within another piece belongs to that.
    if (start < at) continue;
    if (at < start) pieces.push({ kind: 'text', text: text.slice(at, start) });
    pieces.push(piece);
    at = start + piece.text.length;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

function mathematicsIn(text: string): Found[] {
  const found: Found[] = [];
  /** Where each closing sign comes next, so that none is looked for twice. */
  const next = new Map<string, number>();
  let at = 0;
  for (const { index, 0: opening } of text.matchAll(OPENING)) {
    const closing = CLOSING[opening] ?? '';
    const start = index + opening.length;
    let end = next.get(closing) ?? -1;
    if (end < start) end = text.indexOf(closing, start);
    next.set(closing, end < 0 ? text.length : end);
    if (index < at || end <= start || end - start > LONGEST || end >= text.length) continue;
    const tex = text.slice(start, end);
    // A single dollar sign is money unless it clings to what it encloses on one line and no digit follows.
    if (opening === '$' && (/^\s|\s$|\n/.test(tex) || /\d/.test(text.charAt(end + 1)))) continue;
    at = end + closing.length;
    found.push({
      start: index,
      piece: {
        kind: 'mathematics',
        text: text.slice(index, at),
        tex,
        display: opening === '\\[' || opening === '$$',
      },
    });
  }
  return found;
}

function boxesIn(text: string): Found[] {
  return [...text.matchAll(BOX)].map((match) => {
    const [whole, ...groups] = match;
    const label = groups[4] ?? null;
    const edges = (groups[0] === undefined ? groups.slice(5) : groups).map(Number);
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = edges;
    return { start: match.index, piece: { kind: 'box', text: whole, box: [x1, y1, x2, y2], label } };
  });
}

/** A fenced block, to its end or that of the text; or a span on one line. */
const CODE =
  /^ {0,3}(`{3,}|~{3,})[^`\n]*\n(?:[\s\S]*?^ {0,3}\1[`~]*[ \t]*$|[\s\S]*)|(?<!`)(`{1,2})(?!`)[^`\n]{1,300}\2(?!`)/gm;

const codeIn = (text: string): Found[] =>
  [...text.matchAll(CODE)].map(({ index, 0: code }) => ({
    start: index,
    piece: { kind: 'code', text: code },
  }));

const reflectionsIn = (text: string): Found[] =>
  reflections(text).map(([start, end]) => ({
    start,
    piece: { kind: 'reflection', text: text.slice(start, end) },
  }));
