import { type Piece, piecesOf } from '@/lib/chat/pieces';
import type { Box } from '@/lib/scoring/box';
import { visible } from '../ui/visible';
import { Mathematics } from './mathematics';

type Range = readonly [start: number, end: number];

/** A box is pointed at, or none any more; `chosen` where it was pressed, so that it has to be in sight. */
export type OnPoint = (box: Box | null, chosen?: boolean) => void;

/**
 * A part of a reply, as text and nothing else that a model could choose: formulas typeset, boxes as buttons that show
 * themselves on the picture, words of reflection and words that another reply lacks marked.
 */
export function ReplyText({
  text,
  marks = [],
  lacking = '',
  onPoint,
}: {
  text: string;
  /** What another reply lacks, and whose that is. */
  marks?: readonly Range[];
  lacking?: string;
  /** Null where there is no picture to show a box on. */
  onPoint: OnPoint | null;
}) {
  let at = 0;
  return (
    <span className="chat-text" dir="auto">
      {piecesOf(text).map((piece) => {
        const start = at;
        at += piece.text.length;
        return (
          <PieceView
            key={start}
            piece={piece}
            start={start}
            marks={marks}
            lacking={lacking}
            onPoint={onPoint}
          />
        );
      })}
    </span>
  );
}

function PieceView({
  piece,
  start,
  marks,
  lacking,
  onPoint,
}: {
  piece: Piece;
  start: number;
  marks: readonly Range[];
  lacking: string;
  onPoint: OnPoint | null;
}) {
  const isNew = marks.some(([first, last]) => first <= start && start < last);
  switch (piece.kind) {
    case 'mathematics':
      return <Mathematics key={piece.tex} {...piece} />;
    case 'strong':
      return <strong className={isNew ? 'chat-new' : undefined}>{visible(piece.words)}</strong>;
    case 'reflection':
      return (
        <span className={`chat-reflection${isNew ? ' chat-new' : ''}`} title="Here the model looks again">
          {visible(piece.text)}
        </span>
      );
    case 'box': {
      const { box, label, text } = piece;
      const words = `[${box.join(', ')}]${label === null ? '' : ` ${visible(label)}`}`;
      if (onPoint === null) return <bdi className="chat-box">{words}</bdi>;
      return (
        <button
          type="button"
          className="chat-box"
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
    case 'text':
      return cut(start, piece.text.length, marks).map(({ from, to, marked }) => {
        const words = visible(piece.text.slice(from - start, to - start));
        return marked ? (
          <mark key={from} className="chat-new" title={`${lacking} does not say it`}>
            {words}
          </mark>
        ) : (
          <span key={from}>{words}</span>
        );
      });
  }
}

/** A piece cut where marks begin and end. Marks are in order and do not overlap. */
function cut(start: number, length: number, marks: readonly Range[]) {
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
