import { type PointerEvent, useLayoutEffect, useRef, useState } from 'react';
import type { Box } from '@/lib/world/scene';
import { Boxes, type DrawnBox } from '../ui/boxes';
import { type Painted, type PaintRequest, partAt } from './painted';

/** The bytes of a picture on a canvas, pixel by pixel. */
export function Pixels({
  picture: { rgba, pixels },
  className,
  label,
}: {
  picture: { rgba: Painted['rgba']; pixels: number };
  className: string;
  /** What the picture shows; without it the picture is hidden from screen readers. */
  label?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(rgba, pixels), 0, 0);
  }, [rgba, pixels]);
  const said = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return <canvas ref={canvas} className={className} width={pixels} height={pixels} {...said} />;
}

/**
 * The picture of a sample with the box of the active part. Pointing makes a part active and a click keeps it so. Where
 * `drawing`, a drag or two clicks on opposite corners draw the visitor's box instead.
 */
export function ScenePicture({
  painted,
  rgba,
  active,
  given,
  gold,
  drawing,
  onHover,
  onPin,
  onDraw,
}: {
  painted: Painted & PaintRequest;
  /** The bytes to show: of the sample's own size or a sharper one. */
  rgba: Painted & PaintRequest;
  active: number | null;
  /** The visitor's box as it stands in its fields. */
  given: string;
  gold: Box | null;
  drawing: boolean;
  onHover: (part: number | null) => void;
  onPin: (part: number | null) => void;
  onDraw: (given: string) => void;
}) {
  const { size, parts, known } = painted;
  /** Where the box begins, and whether it waits for a second click. */
  const [begun, setBegun] = useState<{ x: number; y: number; waits: boolean } | null>(null);

  /** Where the pointer is, in the picture's pixels. */
  const place = (event: PointerEvent<HTMLElement>) => {
    const frame = event.currentTarget.getBoundingClientRect();
    const along = (at: number) => Math.min(size - 1e-6, Math.max(0, at * size));
    return {
      x: along((event.clientX - frame.left) / frame.width),
      y: along((event.clientY - frame.top) / frame.height),
    };
  };
  const span = (from: { x: number; y: number }, upTo: { x: number; y: number }): string =>
    [
      Math.floor(Math.min(from.x, upTo.x)),
      Math.floor(Math.min(from.y, upTo.y)),
      Math.ceil(Math.max(from.x, upTo.x)),
      Math.ceil(Math.max(from.y, upTo.y)),
    ].join(', ');

  const drawn = boxOf(given);
  const part = active === null ? undefined : parts[active];
  const boxes: DrawnBox[] = [
    ...(gold === null ? [] : [{ look: 'gold', name: 'the answer', box: gold } as const]),
    ...(drawn === null ? [] : [{ look: 'answer', name: 'yours', box: drawn } as const]),
    ...(part === undefined ? [] : [{ look: 'object', name: part.name, box: part.box } as const]),
  ];
  return (
    <figure className="world-picture">
      {/* Whatever is pointed at here is reached by keyboard in the list of parts and the fields of the box. */}
      <div
        className={`world-frame${drawing ? ' world-frame-drawing' : ''}`}
        onPointerDown={(event) => {
          if (!drawing || event.button !== 0) return;
          const at = place(event);
          if (begun?.waits) {
            onDraw(span(begun, at));
            setBegun(null);
          } else {
            setBegun({ ...at, waits: event.pointerType === 'touch' });
            if (event.pointerType !== 'touch') event.currentTarget.setPointerCapture(event.pointerId);
          }
        }}
        onPointerMove={(event) => {
          const at = place(event);
          if (!drawing) onHover(partAt(painted, size, at.x, at.y));
          else if (begun !== null && event.pointerType !== 'touch') onDraw(span(begun, at));
        }}
        onPointerUp={(event) => {
          if (!drawing) {
            const at = place(event);
            onPin(partAt(painted, size, at.x, at.y));
          } else if (begun !== null && !begun.waits) {
            const at = place(event);
            const clicked = Math.abs(at.x - begun.x) < size / 100 && Math.abs(at.y - begun.y) < size / 100;
            setBegun(clicked ? { ...begun, waits: true } : null);
          }
        }}
        onPointerLeave={() => onHover(null)}
        onPointerCancel={() => setBegun(null)}
      >
        <Pixels
          picture={rgba}
          className={`world-layer${rgba.pixels < 448 ? ' world-layer-coarse' : ''}`}
          label={inWords(painted)}
        />
        <Boxes className="world-layer" boxes={boxes} width={size} height={size} />
        {begun?.waits ? (
          <span
            className="world-corner"
            style={{ left: `${(begun.x / size) * 100}%`, top: `${(begun.y / size) * 100}%` }}
          />
        ) : null}
      </div>
      <figcaption>
        {size} × {size} pixels
        {size < 448 ? ', as a model gets them' : ''}.{' '}
        {drawing
          ? 'Drag a box, or click two opposite corners.'
          : parts.length > 0
            ? `Point at ${'things' in known.scene ? 'an object' : 'a part'} to see what it is.`
            : ''}
      </figcaption>
    </figure>
  );
}

/** The four numbers of a box that the visitor gave so far; null where they are none. */
function boxOf(given: string): Box | null {
  const [x1, y1, x2, y2, ...more] = given.split(',').map((number) => Number(number.trim() || Number.NaN));
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined || more.length > 0)
    return null;
  return [x1, y1, x2, y2].every(Number.isFinite) ? [x1, y1, x2, y2] : null;
}

/** The picture in words, without what only looking at it tells. */
function inWords({ known: { scene }, parts }: Painted): string {
  switch (scene.kind) {
    case 'tabletop':
      return `Solids on a table: ${parts.map(({ name }) => name).join(', ')}`;
    case 'vehicles':
      return `Vehicles: ${parts.map(({ name }) => name).join(', ')}`;
    case 'diagram':
      return 'A geometry diagram; what it gives is listed beside it';
    case 'chart':
      return 'A bar chart; its values are listed beside it';
    case 'table':
      return 'A table; its cells are listed beside it';
    case 'text':
      return `Text: ${parts.map(({ name }) => name).join(' / ')}`;
  }
}
