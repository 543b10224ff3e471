import { useState } from 'react';
import { SEEDS_PER_SPLIT, seedIn, splitOf } from '@/lib/world/scene';
import { type Painter, usePainting } from './painter';
import { Pixels } from './scene-picture';
import { ViewLink } from './view-controls';
import type { WorldView } from './world-url';

const COUNT = 12;
/** Side of a small picture, pixels. */
const SIDE = 112;

/** Scenes of the same task and split as small pictures, in the order of their seeds. */
export function MoreScenes({
  painter,
  view,
  dense,
}: {
  painter: Painter | null;
  view: WorldView;
  /** Whether the screen has more than one pixel a CSS pixel. */
  dense: boolean;
}) {
  const [first, setFirst] = useState(0);
  const split = splitOf(view.seed);
  return (
    <section className="world-strip" aria-labelledby="world-strip">
      <div>
        <h2 id="world-strip">
          More of {view.task}, {split}
        </h2>
        <button type="button" className="button" onClick={() => setFirst((first + COUNT) % SEEDS_PER_SPLIT)}>
          Next {COUNT}
        </button>
      </div>
      <ol>
        {Array.from({ length: COUNT }, (_, index) => seedIn(split, first + index)).map((seed) => (
          <li key={seed}>
            <SmallScene
              painter={painter}
              view={{ ...view, seed }}
              pixels={dense ? 2 * SIDE : SIDE}
              current={seed === view.seed}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

function SmallScene({
  painter,
  view,
  pixels,
  current,
}: {
  painter: Painter | null;
  view: WorldView;
  pixels: number;
  current: boolean;
}) {
  const { painted } = usePainting(painter, { ...view, pixels, whole: false }, 2);
  return (
    <ViewLink view={view} current={current} className="world-small">
      <span className="world-frame">
        {painted === null ? null : <Pixels picture={painted} className="world-layer" />}
      </span>
      <span>No. {view.seed % SEEDS_PER_SPLIT}</span>
    </ViewLink>
  );
}
