import { useState } from 'react';
import { ErrorState } from '../ui/state';
import { KnownFacts } from './known-facts';
import type { Painter, Painting } from './painter';
import { usePainting } from './painter';
import { QuestionPanel } from './question-panel';
import { ScenePicture } from './scene-picture';
import { viewQuery, type WorldView } from './world-url';

/** Side of the picture where the page has room for it, CSS pixels. */
const SIDE = 448;

/** A sample: its picture, its question, and what is known of its scene. The sample before stays until the next is painted. */
export function SceneView({
  painter,
  view,
  dense,
}: {
  painter: Painter | null;
  view: WorldView;
  /** Whether the screen has more than one pixel a CSS pixel. */
  dense: boolean;
}) {
  const { painted, busy, failure } = usePainting(painter, { ...view, pixels: view.size, whole: true }, 0);
  // Where the page has fewer CSS pixels than the screen has pixels, a large picture is painted once more; small ones are
  // shown as models get them.
  const sharper = usePainting(
    painter,
    { ...view, pixels: dense && view.size >= SIDE ? 2 * SIDE : null, whole: false },
    1,
  );

  if (failure !== null) {
    return (
      <ErrorState title="The scene could not be painted">
        <p>{failure} Load the page again; if that does not help, this browser may block web workers.</p>
      </ErrorState>
    );
  }
  if (painted === null) return <Skeleton />;
  const key = viewQuery(painted);
  return (
    <Sample
      key={key}
      painted={painted}
      busy={busy}
      sharper={sharper.painted !== null && viewQuery(sharper.painted) === key ? sharper.painted : null}
    />
  );
}

type PaintedSample = NonNullable<Painting['painted']>;

function Sample({
  painted,
  sharper,
  busy,
}: {
  painted: PaintedSample;
  sharper: PaintedSample | null;
  busy: boolean;
}) {
  const [hovered, setHovered] = useState<number | null>(null);
  const [pinned, setPinned] = useState<number | null>(null);
  const [given, setGiven] = useState('');
  const [revealed, setRevealed] = useState(false);
  const { question } = painted.known;
  const active = hovered ?? pinned;
  const drawing = question.answer.kind === 'box' && !revealed;
  return (
    <div className="world-scene" aria-busy={busy}>
      <ScenePicture
        painted={painted}
        rgba={sharper ?? painted}
        active={active}
        given={given}
        gold={revealed && question.answer.kind === 'box' ? question.answer.box : null}
        drawing={drawing}
        onHover={setHovered}
        onPin={setPinned}
        onDraw={setGiven}
      />
      <QuestionPanel
        painted={painted}
        given={given}
        onGiven={setGiven}
        revealed={revealed}
        onRevealed={setRevealed}
      />
      <KnownFacts
        painted={painted}
        revealed={revealed}
        active={active}
        pinned={pinned}
        onHover={setHovered}
        onPin={(index) => setPinned(index === pinned ? null : index)}
      />
    </div>
  );
}

/** As large as what comes. */
function Skeleton() {
  return (
    <div className="world-scene">
      <div className="world-picture">
        <div className="world-frame world-frame-empty" role="status">
          <span className="sr-only">The scene is being painted</span>
          <noscript>The world is painted in your browser, which takes JavaScript.</noscript>
        </div>
      </div>
      <div className="world-question" aria-hidden="true">
        <span className="world-line" />
        <span className="world-line" />
        <span className="world-line" />
      </div>
      <div className="world-known" aria-hidden="true">
        <span className="world-line" />
        <span className="world-line" />
        <span className="world-line" />
      </div>
    </div>
  );
}
