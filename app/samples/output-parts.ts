import { sections } from '@/lib/reasoning/sections';
import type { TextSpan } from '@/lib/text-span';

/**
 * How a model's output is laid out for reading. The output is hostile: it may be megabytes of one line, hold control
 * characters, half characters or overrides of the writing direction. Offsets are UTF-16, as in a verdict's span.
 */

const OPEN = '<think>';
const CLOSE = '</think>';

/** Where an output thinks, tags and the blank after them included, so that folding it leaves nothing behind. */
export function thinkingOf(output: string): TextSpan[] {
  return sections(output)
    .filter((section) => section.kind === 'thinking')
    .map(({ start, end }) => {
      const from = output.endsWith(OPEN, start) ? start - OPEN.length : start;
      let to = output.startsWith(CLOSE, end) ? end + CLOSE.length : end;
      while (to < output.length && /\s/.test(output.charAt(to))) to++;
      return [from, to];
    });
}

export interface Segment {
  kind: 'thinking' | 'text';
  start: number;
  end: number;
}

/** The whole output, cut where thinking begins and ends. Ranges are in order and do not overlap. */
export function segmentsOf(length: number, thinking: readonly TextSpan[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const [start, end] of thinking) {
    if (at < start) segments.push({ kind: 'text', start: at, end: start });
    segments.push({ kind: 'thinking', start, end });
    at = end;
  }
  if (at < length) segments.push({ kind: 'text', start: at, end: length });
  return segments;
}

export interface ShownPart {
  start: number;
  end: number;
  hidden: boolean;
}

/** Characters on each side of a mark that lies in the hidden part. */
const AROUND = 500;

/**
 * What of a range is shown: its first `limit` characters, and where a mark lies beyond them, the beginning of the mark
 * with what is around it. The parts cover the range without a gap and never halve a character.
 */
export function clip(
  text: string,
  [start, end]: TextSpan,
  marks: readonly TextSpan[],
  limit: number,
): ShownPart[] {
  if (end - start <= limit) return [{ start, end, hidden: false }];
  let head = whole(text, start + limit);
  const shown: TextSpan[] = [[start, head]];
  for (const [first, last] of marks.toSorted((a, b) => a[0] - b[0])) {
    if (last <= head || first >= end) continue;
    const from = whole(text, Math.max(head, first - AROUND));
    const to = whole(text, Math.min(end, Math.min(last, Math.max(first, from) + 4 * AROUND) + AROUND));
    shown.push([from, to]);
    head = to;
  }
  const parts: ShownPart[] = [];
  let at = start;
  for (const [from, to] of shown) {
    if (at < from) parts.push({ start: at, end: from, hidden: true });
    if (from < to) parts.push({ start: from, end: to, hidden: false });
    at = to;
  }
  if (at < end) parts.push({ start: at, end, hidden: true });
  return parts;
}

/** A browser lays out many blocks of this length easily, and one of five million characters not at all. */
export const BLOCK = 20_000;

/** A range as blocks of at most `BLOCK` characters, cut after a line where there is one. */
export function blocksOf(text: string, [start, end]: TextSpan): TextSpan[] {
  const blocks: TextSpan[] = [];
  for (let at = start; at < end; ) {
    let to = Math.min(end, at + BLOCK);
    if (to < end) {
      const line = text.lastIndexOf('\n', to - 1);
      to = line > at + BLOCK / 2 ? line + 1 : whole(text, to);
    }
    blocks.push([at, to]);
    at = to;
  }
  return blocks;
}

/** A part of a block, and the places of the marks that cover it. */
export interface MarkedPart {
  range: TextSpan;
  marks: readonly number[];
}

/** A block cut where marks begin and end; marks may overlap. */
export function markedParts([start, end]: TextSpan, marks: readonly TextSpan[]): MarkedPart[] {
  const inside = marks.flat().filter((offset) => start < offset && offset < end);
  const cuts = [...new Set([start, ...inside, end])].sort((a, b) => a - b);
  return cuts.slice(1).map((to, index) => {
    const from = cuts[index] ?? start;
    return {
      range: [from, to],
      marks: marks.flatMap(([first, last], place) => (first <= from && to <= last ? [place] : [])),
    };
  });
}

/** An offset moved back out of the middle of a surrogate pair. */
function whole(text: string, offset: number): number {
  const isPair = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(offset - 1, offset + 1));
  return isPair ? offset - 1 : offset;
}
