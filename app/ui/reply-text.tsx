import './reply-text.css';
import { type ReactNode, useEffect, useState } from 'react';
import { piecesOf, type ReplyPiece } from '@/lib/chat/pieces';
import type { Box } from '@/lib/scoring/box';
import type { TextSpan } from '@/lib/text-span';
import { Mathematics } from './mathematics';
import { visible } from './visible';

/** A box is pointed at, or none any more; `chosen` where it was pressed, so that it has to be in sight. */
export type OnPoint = (box: Box | null, chosen?: boolean) => void;

/** Signs that Markdown gives a meaning to; without them its parser is not loaded. */
const MARKDOWN = /[*_`|#>]|\]\(|^ {0,3}(?:[-+]|\d{1,9}[.)])[ \t]/m;

/**
 * A part of a reply, as text and nothing else that a model could choose: its Markdown laid out, formulas typeset, boxes
 * as buttons that show themselves on the picture, words of reflection and words that another reply lacks marked.
 */
export function ReplyText({
  text,
  marks = [],
  lacking = '',
  onPoint,
}: {
  text: string;
  /** What another reply lacks, and whose that is. */
  marks?: readonly TextSpan[];
  lacking?: string;
  /** Null where there is no picture to show a box on. */
  onPoint: OnPoint | null;
}) {
  const layOut = useMarkdown(MARKDOWN.test(text));
  const placed = placedPieces(text);
  const draw = (span: TextSpan): ReactNode =>
    within(placed, span).map(({ piece, start }) => (
      <PieceView key={start} piece={piece} start={start} marks={marks} lacking={lacking} onPoint={onPoint} />
    ));
  const laidOut = layOut?.(text, draw) ?? null;
  return (
    <div className={`reply-text${laidOut === null ? '' : ' reply-markdown'}`} dir="auto">
      {laidOut ?? draw([0, text.length])}
    </div>
  );
}

type LayOut = typeof import('./lay-out').layOut;

/** Null until the parser has come, and where it is not wanted: the text stays readable as it is written. */
function useMarkdown(wanted: boolean): LayOut | null {
  const [layOut, setLayOut] = useState<LayOut | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let mounted = true;
    import('./lay-out').then(
      (module) => {
        if (mounted) setLayOut(() => module.layOut);
      },
      () => {},
    );
    return () => {
      mounted = false;
    };
  }, [wanted]);
  return wanted ? layOut : null;
}

interface Placed {
  piece: ReplyPiece;
  start: number;
}

function placedPieces(text: string): Placed[] {
  let at = 0;
  return piecesOf(text).map((piece) => {
    const start = at;
    at += piece.text.length;
    return { piece, start };
  });
}

/** The pieces between two offsets; of words, what lies between. */
function within(placed: readonly Placed[], [from, to]: TextSpan): Placed[] {
  return placed.flatMap(({ piece, start }): Placed[] => {
    const [first, last] = [Math.max(start, from), Math.min(start + piece.text.length, to)];
    if (first >= last) return [];
    if (piece.kind === 'mathematics' || piece.kind === 'box')
      return first === start ? [{ piece, start }] : [];
    return [{ piece: { ...piece, text: piece.text.slice(first - start, last - start) }, start: first }];
  });
}

function PieceView({
  piece,
  start,
  marks,
  lacking,
  onPoint,
}: {
  piece: ReplyPiece;
  start: number;
  marks: readonly TextSpan[];
  lacking: string;
  onPoint: OnPoint | null;
}) {
  const isNew = marks.some(([first, last]) => first <= start && start < last);
  switch (piece.kind) {
    case 'mathematics':
      return <Mathematics key={piece.tex} {...piece} />;
    case 'reflection':
      return (
        <span className={`reply-reflection${isNew ? ' reply-new' : ''}`} title="Here the model looks again">
          {visible(piece.text)}
        </span>
      );
    case 'box': {
      const { box, label, text } = piece;
      const words = `[${box.join(', ')}]${label === null ? '' : ` ${visible(label)}`}`;
      if (onPoint === null) return <bdi className="reply-box">{words}</bdi>;
      return (
        <button
          type="button"
          className="reply-box"
          title={`${visible(text)}: shown on the picture`}
          onPointerEnter={() => onPoint(box)}
          onPointerLeave={() => onPoint(null)}
          onFocus={() => onPoint(box)}
          onBlur={() => onPoint(null)}
          onClick={() => onPoint(box, true)}
        >
          <span className="sr-only">Box </span>
          {words}
        </button>
      );
    }
    case 'code':
    case 'text':
      return cut(start, piece.text.length, marks).map(({ from, to, marked }) => {
        const words = visible(piece.text.slice(from - start, to - start));
        return marked ? (
          <mark key={from} className="reply-new" title={`${lacking} does not say it`}>
            {words}
          </mark>
        ) : (
          <span key={from}>{words}</span>
        );
      });
  }
}

/** A piece cut where marks begin and end. Marks are in order and do not overlap. */
function cut(start: number, length: number, marks: readonly TextSpan[]) {
  const parts: { from: number; to: number; marked: boolean }[] = [];
  const end = start + length;
  let at = start;
  for (const [first, last] of marks) {
    const from = Math.max(first, at);
    const to = Math.min(last, end);
    if (from >= to) continue;
    if (at < from) parts.push({ from: at, to: from, marked: false });
    parts.push({ from, to, marked: true });
    at = to;
  }
  if (at < end) parts.push({ from: at, to: end, marked: false });
  return parts;
}
