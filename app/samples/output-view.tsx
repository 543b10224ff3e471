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

/** Where an answer was found; named where there are several to tell apart. */
export interface Mark {
  span: TextSpan;
  name: string | null;
}

/** A model's output as text and nothing else: its thinking folded, and marked where answers were found. */
export function OutputView({
  output,
  thinking,
  marks,
}: {
  output: string;
  thinking: readonly TextSpan[];
  marks: readonly Mark[];
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
        <SegmentView key={segment.start} output={output} segment={segment} marks={marks} />
      ))}
    </div>
  );
}

function SegmentView({
  output,
  segment,
  marks,
}: {
  output: string;
  segment: Segment;
  marks: readonly Mark[];
}) {
  const body = <Text text={output} range={[segment.start, segment.end]} marks={marks} />;
  if (segment.kind === 'text') return output.slice(segment.start, segment.end).trim() === '' ? null : body;
  const holdsAnswer = marks.some(({ span }) => span[0] < segment.end && span[1] > segment.start);
  return (
    <details className="thinking" open={holdsAnswer}>
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
  return clip(text, range, spans, limit).map(({ start, end, hidden }) =>
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
              <mark key={part.range[0]} title="The answer was found here">
                {visible(text.slice(...part.range))}
                <MarkNames names={part.marks.flatMap((place) => marks[place]?.name ?? [])} />
              </mark>
            ),
          )}
        </div>
      ))
    ),
  );
}

const MarkNames = ({ names }: { names: readonly string[] }) =>
  names.length === 0 ? null : <sup className="mark-names">{names.join(' ')}</sup>;
