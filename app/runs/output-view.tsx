'use client';

import { useState } from 'react';
import { formatCount } from '../ui/format';
import { CopyButton } from './copy-button';
import {
  around,
  BLOCK,
  blocksOf,
  clip,
  type Range,
  type Segment,
  segmentsOf,
  visible,
} from './output-pieces';

/** Characters of a part that are shown at first, and how many more a click shows. */
const FIRST = 20_000;
const MORE = 100_000;

/** A model's output as text and nothing else: its thinking folded, and marked where the answer was found. */
export function OutputView({
  output,
  thinking,
  span,
}: {
  output: string;
  thinking: readonly Range[];
  span: Range | null;
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
        <SegmentView key={segment.start} output={output} segment={segment} span={span} />
      ))}
    </div>
  );
}

function SegmentView({ output, segment, span }: { output: string; segment: Segment; span: Range | null }) {
  const body = <Text text={output} range={[segment.start, segment.end]} mark={span} />;
  if (segment.kind === 'text') return output.slice(segment.start, segment.end).trim() === '' ? null : body;
  const holdsAnswer = span !== null && span[0] < segment.end && span[1] > segment.start;
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

function Text({ text, range, mark }: { text: string; range: Range; mark: Range | null }) {
  const [limit, setLimit] = useState(FIRST);
  return clip(text, range, mark, limit).map(({ start, end, hidden }) =>
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
      blocksOf(text, [start, end]).map((block) => {
        const { before, marked, after } = around(block, mark);
        return (
          <div
            key={block[0]}
            className={block[1] - block[0] < BLOCK / 2 ? 'output-block' : 'output-block output-block-long'}
            dir="auto"
          >
            {visible(text.slice(...before))}
            {marked[0] < marked[1] ? (
              <mark title="The answer was found here">{visible(text.slice(...marked))}</mark>
            ) : null}
            {visible(text.slice(...after))}
          </div>
        );
      })
    ),
  );
}
