'use client';

import { useState } from 'react';
import type { TextSpan } from '@/lib/text-span';
import { CopyButton } from '../ui/copy-button';
import { formatCount } from '../ui/format';
import { visible } from '../ui/visible';
import { BLOCK, blocksOf, clip, markedParts, type Segment, segmentsOf } from './output-parts';

/** Characters of a part that are shown at first, and how many more a click shows. */
const FIRST = 20_000;
const MORE = 100_000;

/**
 * `answer`: where it was found; named where there are several to tell apart. `differs`: words that another output does not
 * have. `parts`: the first sentence that is another one.
 */
export interface Mark {
  kind: 'answer' | 'differs' | 'parts';
  span: TextSpan;
  name: string | null;
}

const MARK_TITLES: Readonly<Record<Mark['kind'], string>> = {
  answer: 'The answer was found here',
  differs: 'Words that the other does not have',
  parts: 'Here the two part',
};

/** Whether the thinking is open: as its reader has it, or all together. */
export interface Folding {
  open: boolean;
  onToggle: (open: boolean) => void;
}

/** A model's output as text and nothing else: its thinking folded, and marked where answers were found. */
export function OutputView({
  output,
  thinking,
  marks,
  folding,
}: {
  output: string;
  thinking: readonly TextSpan[];
  marks: readonly Mark[];
  folding?: Folding;
}) {
  return (
    <div className="output">
      <div className="flex items-center justify-between gap-3">
        <h4 className="label">
          Output <span className="font-normal">· {formatCount(output.length)} characters</span>
        </h4>
        <CopyButton label="Copy output" read={output} className="button-quiet-small" />
      </div>
      {output === '' ? <p className="text-muted">The model said nothing.</p> : null}
      {segmentsOf(output.length, thinking).map((segment) => (
        <SegmentView key={segment.start} output={output} segment={segment} marks={marks} folding={folding} />
      ))}
    </div>
  );
}

function SegmentView({
  output,
  segment,
  marks,
  folding,
}: {
  output: string;
  segment: Segment;
  marks: readonly Mark[];
  folding: Folding | undefined;
}) {
  const body = <Text text={output} range={[segment.start, segment.end]} marks={marks} />;
  if (segment.kind === 'text') return output.slice(segment.start, segment.end).trim() === '' ? null : body;
  const holdsAnswer = marks.some(
    ({ kind, span }) => kind === 'answer' && span[0] < segment.end && span[1] > segment.start,
  );
  return (
    <details
      className="thinking"
      open={folding?.open ?? holdsAnswer}
      onToggle={(event) => folding?.onToggle(event.currentTarget.open)}
    >
      <summary>
        Thinking
        <span className="text-muted"> · {formatCount(segment.end - segment.start)} characters</span>
        {holdsAnswer ? <span className="text-muted"> · holds the answer</span> : null}
      </summary>
      {body}
    </details>
  );
}

function Text({ text, range, marks }: { text: string; range: TextSpan; marks: readonly Mark[] }) {
  const [limit, setLimit] = useState(FIRST);
  const spans = marks.map(({ span }) => span);
  const answers = marks.flatMap(({ kind, span }) => (kind === 'answer' ? [span] : []));
  return clip(text, range, answers, limit).map(({ start, end, hidden }) =>
    hidden ? (
      <p key={start} className="output-hidden">
        {formatCount(end - start)} characters are not shown.
        <button type="button" className="button-quiet-small" onClick={() => setLimit(limit + MORE)}>
          Show {formatCount(Math.min(MORE, end - start))} more
        </button>
        <button type="button" className="button-quiet-small" onClick={() => setLimit(text.length)}>
          Show all
        </button>
      </p>
    ) : (
      blocksOf(text, [start, end]).map((block) => (
        <div
          key={block[0]}
          className={block[1] - block[0] < BLOCK / 2 ? 'output-block' : 'output-block output-block-long'}
          dir="auto"
        >
          {markedParts(block, spans).map((part) =>
            part.marks.length === 0 ? (
              visible(text.slice(...part.range))
            ) : (
              <MarkedText key={part.range[0]} marks={part.marks.flatMap((place) => marks[place] ?? [])}>
                {visible(text.slice(...part.range))}
              </MarkedText>
            ),
          )}
        </div>
      ))
    ),
  );
}

function MarkedText({ marks, children }: { marks: readonly Mark[]; children: string }) {
  return (
    <mark
      className={marks.map(({ kind }) => `mark-${kind}`).join(' ')}
      title={marks.map(({ kind }) => MARK_TITLES[kind]).join('; ')}
    >
      {children}
      <MarkNames names={marks.flatMap(({ name }) => name ?? [])} />
    </mark>
  );
}

const MarkNames = ({ names }: { names: readonly string[] }) =>
  names.length === 0 ? null : <sup className="mark-names">{names.join(' ')}</sup>;
