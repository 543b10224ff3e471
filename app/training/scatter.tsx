'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../trpc/client';
import { formatCount } from '../ui/format';
import { formatValue } from './curve-data';

const WIDTH = 600;
const HEIGHT = 150;
const EDGE = { left: 40, right: 10, top: 10, bottom: 24 };

/** Reward against length, of every response of a step: what was cut is a triangle. The list beside it says the same by keyboard. */
export function Scatter({
  jobId,
  attempt,
  step,
  open,
  onOpen,
}: {
  jobId: string;
  attempt: number;
  step: number;
  open: { group: number | null; response: number | null };
  onOpen: (group: number, response: number) => void;
}) {
  const trpc = useTRPC();
  const { data } = useQuery({
    ...trpc.training.rolloutPoints.queryOptions({ id: jobId, step }),
    queryHash: `points ${jobId} ${attempt} ${step}`,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const points = (data ?? []).map((each) => ({ ...each, reward: Number(each.reward) }));
  const finite = points.filter(({ reward }) => Number.isFinite(reward));
  const longest = Math.max(1, ...finite.map(({ tokens }) => tokens));
  const [least, most] = [
    Math.min(0, ...finite.map(({ reward }) => reward)),
    Math.max(1, ...finite.map(({ reward }) => reward)),
  ];
  const x = (tokens: number) => EDGE.left + (tokens / longest) * (WIDTH - EDGE.left - EDGE.right);
  const y = (reward: number) =>
    HEIGHT - EDGE.bottom - ((reward - least) / (most - least)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const cut = finite.filter(({ finished }) => !finished).length;
  return (
    <figure className="panel rollout-scatter">
      <figcaption className="label">
        Reward against length, {formatCount(finite.length)} responses of the step
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Rewards from ${formatValue(least)} to ${formatValue(most)}, at up to ${formatCount(longest)} tokens; ${formatCount(cut)} of ${formatCount(finite.length)} responses truncated.`}
      >
        <g className="scatter-axis">
          {[least, (least + most) / 2, most].map((reward) => (
            <g key={reward}>
              <line x1={EDGE.left} x2={WIDTH - EDGE.right} y1={y(reward)} y2={y(reward)} />
              <text x={EDGE.left - 5} y={y(reward) + 4} textAnchor="end">
                {formatValue(reward)}
              </text>
            </g>
          ))}
          <text x={EDGE.left} y={HEIGHT - 7}>
            0
          </text>
          <text x={WIDTH - EDGE.right} y={HEIGHT - 7} textAnchor="end">
            {formatCount(longest)} tokens
          </text>
        </g>
        {finite.map(({ ordinal, response, tokens, reward, finished }) => {
          const [left, top] = [x(tokens), y(reward)];
          const shown = ordinal === open.group && (open.response === null || response === open.response);
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list beside it is the way by keyboard
            <path
              key={`${ordinal} ${response}`}
              className={`scatter-point${shown ? ' scatter-open' : ''}${finished ? '' : ' scatter-cut'}`}
              d={
                finished ? `M${left - 3} ${top}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0` : `M${left} ${top - 4}l4 7h-8z`
              }
              onClick={() => onOpen(ordinal, response)}
            />
          );
        })}
      </svg>
      <p className="text-muted">● finished, ▲ cut by the limit of tokens; the open group is filled.</p>
    </figure>
  );
}
