'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Box } from '@/lib/scoring/box';
import { Boxes } from '../ui/boxes';
import { formatCount } from '../ui/format';
import { visible } from '../ui/visible';
import { formatValue } from './curve-data';
import { type JobView, RESPONSE_SORTS } from './job-url';
import { ResponseCard } from './response-card';
import { boundsOf, type GroupBox, groupBoxes, groupWords, seenSize, sortedResponses } from './rollout-words';
import type { RolloutRow } from './types';

const SORT_WORDS = {
  place: 'their place',
  reward: 'the highest reward first',
  longest: 'the longest first',
  shortest: 'the shortest first',
} as const;

/** A prompt with its pictures and its truth, and every response to it side by side. */
export function GroupView({
  jobId,
  row,
  settings,
  view,
  onChange,
}: {
  jobId: string;
  row: RolloutRow;
  settings: Readonly<Record<string, string>>;
  view: JobView;
  onChange: (next: Partial<JobView>) => void;
}) {
  const { data, ordinal } = row;
  const [pointed, setPointed] = useState<Box | null>(null);
  const open = view.group === ordinal ? view.response : null;
  const boxes: GroupBox[] =
    pointed === null
      ? groupBoxes(data, open)
      : [
          ...groupBoxes({ ...data, responses: [] }, null),
          { look: 'answer', name: 'pointed at', box: pointed },
        ];
  const cards = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (open === null) return;
    cards.current
      ?.querySelector(`[data-place="${open}"]`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);
  return (
    <article className="stack" aria-labelledby="group-heading">
      <div className="rollout-prompt panel">
        {data.images.map((hash, at) => (
          <Picture
            // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may stand in a prompt twice, so its hash alone is no key; the list never changes order
            key={`${hash} ${at}`}
            jobId={jobId}
            hash={hash}
            boxes={at === 0 ? boxes : []}
            settings={settings}
          />
        ))}
        <div className="stack">
          <h3 id="group-heading">
            Group {ordinal + 1}{' '}
            <span className="font-normal text-muted">· {groupWords(row, formatValue)}</span>
          </h3>
          {data.prompt.map(({ role, content }, at) =>
            role === 'system' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: a message has no name but its place, and a stored prompt never changes
              <details key={at}>
                <summary className="label">System prompt</summary>
                <p className="rollout-message" dir="auto">
                  {visible(content)}
                </p>
              </details>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: a message has no name but its place, and a stored prompt never changes
              <div key={at}>
                <h4 className="label">{role === 'user' ? 'Prompt' : visible(role)}</h4>
                <p className="rollout-message" dir="auto">
                  {visible(content.replaceAll('<image>', '').trim())}
                </p>
              </div>
            ),
          )}
          <dl className="facts">
            <dt>Truth</dt>
            <dd dir="auto">
              <strong>{visible(data.groundTruth)}</strong>
            </dd>
            <dt>Source</dt>
            <dd dir="auto">{visible(data.dataSource)}</dd>
            <dt>Row</dt>
            <dd dir="auto">{visible(data.row)}</dd>
          </dl>
        </div>
      </div>
      <div className="training-filter">
        <h3>{formatCount(data.responses.length)} responses</h3>
        <label>
          <span className="label">In the order of</span>
          <select
            className="field"
            value={view.sort}
            onChange={(event) =>
              onChange({ sort: RESPONSE_SORTS.find((each) => each === event.target.value) ?? 'place' })
            }
          >
            {RESPONSE_SORTS.map((each) => (
              <option key={each} value={each}>
                {SORT_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ol ref={cards} className="rollout-responses">
        {sortedResponses(data.responses, view.sort).map(({ place, response }) => (
          <li key={place} data-place={place}>
            <ResponseCard
              place={place}
              response={response}
              open={place === open}
              onOpen={() => onChange({ group: ordinal, response: place === open ? null : place })}
              onPoint={data.images.length === 0 ? null : setPointed}
            />
          </li>
        ))}
      </ol>
    </article>
  );
}

/** A picture with boxes in the pixels that the model saw. */
function Picture({
  jobId,
  hash,
  boxes,
  settings,
}: {
  jobId: string;
  hash: string;
  boxes: readonly GroupBox[];
  settings: Readonly<Record<string, string>>;
}) {
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [failed, setFailed] = useState(false);
  // It may have loaded before React came to listen.
  const look = useCallback((element: HTMLImageElement | null) => {
    if (element?.complete && element.naturalWidth > 0)
      setSize({ width: element.naturalWidth, height: element.naturalHeight });
  }, []);
  const frame = size === null ? null : seenSize(size, boundsOf(settings));
  return (
    <figure className="rollout-picture">
      {failed ? (
        <p className="text-muted">The picture could not be loaded.</p>
      ) : (
        <div>
          {/* biome-ignore lint/performance/noImgElement: boxes are drawn in the picture's own pixels, and next/image would serve others; it also comes through a door that asks who looks */}
          <img
            ref={look}
            src={`/api/training/${encodeURIComponent(jobId)}/pictures/${hash}`}
            alt="What the prompt shows"
            onLoad={(event) => look(event.currentTarget)}
            onError={() => setFailed(true)}
          />
          {frame === null || boxes.length === 0 ? null : (
            <Boxes className="rollout-boxes" boxes={boxes} width={frame.width} height={frame.height} />
          )}
        </div>
      )}
      {boxes.length === 0 ? null : (
        <figcaption className="text-muted">
          {boxes.map(({ look, name, box }) => (
            <span key={`${look} ${name}`}>
              {name} ({look === 'gold' ? 'solid' : 'dashed'}) [{box.join(', ')}]
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}
