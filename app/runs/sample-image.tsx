'use client';

import { useCallback, useState } from 'react';
import type { SampleDetail } from '@/server/evals/types';

type Box = SampleDetail['boxes'][number];

/**
 * A sample's image with its boxes, drawn in the image's pixels: gold solid, the answer dashed. Where the image is not
 * installed, the boxes stand to scale on an empty ground. The frame has one size whatever the image has.
 */
export function SampleImage({ sample }: { sample: Pick<SampleDetail, 'image' | 'imageUrl' | 'boxes'> }) {
  const { image, imageUrl, boxes } = sample;
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const [failed, setFailed] = useState(false);
  // An image of the server's page may have loaded before React came to listen.
  const look = useCallback((element: HTMLImageElement | null) => {
    if (element?.complete && element.naturalWidth > 0)
      setNatural({ width: element.naturalWidth, height: element.naturalHeight });
  }, []);
  if (image === null) return null;

  const shown = imageUrl !== null && !failed;
  const size = shown ? natural : extentOf(boxes);
  return (
    <figure className="sample-image">
      {shown || size !== null ? (
        <div className="sample-image-frame">
          {shown ? (
            // biome-ignore lint/performance/noImgElement: boxes are drawn in the image's own pixels, so nothing may resize it.
            <img
              className="sample-image-layer"
              ref={look}
              src={imageUrl}
              alt={`The sample's image, ${image}`}
              onLoad={(event) => look(event.currentTarget)}
              onError={() => setFailed(true)}
            />
          ) : null}
          {size !== null && boxes.length > 0 ? <Boxes boxes={boxes} {...size} /> : null}
        </div>
      ) : null}
      <figcaption>
        {boxes.length > 0 ? (
          <span className="box-legend">
            {boxes.map(({ label, box }) => (
              <span key={label}>
                <svg width="22" height="8" aria-hidden="true">
                  <line className={`box-line box-${label}`} x1="0" x2="22" y1="4" y2="4" />
                </svg>
                {label === 'gold' ? 'gold (solid)' : 'answer (dashed)'} [{box.join(', ')}]
              </span>
            ))}
          </span>
        ) : null}
        <span className="wrap-anywhere">
          {image}
          {failed
            ? ': the image could not be loaded'
            : imageUrl === null
              ? ': the image is not installed here'
              : ''}
        </span>
      </figcaption>
    </figure>
  );
}

function Boxes({ boxes, width, height }: { boxes: readonly Box[]; width: number; height: number }) {
  const letter = Math.max(width, height) / 28;
  return (
    <svg className="sample-image-layer" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {boxes.map(({ label, box: [x1, y1, x2, y2] }) => {
        const place = {
          x: Math.min(x1, x2),
          y: Math.min(y1, y2),
          width: Math.abs(x2 - x1),
          height: Math.abs(y2 - y1),
        };
        return (
          <g key={label}>
            <rect className="box-halo" {...place} />
            <rect className={`box-line box-${label}`} {...place} />
          </g>
        );
      })}
      {boxes.map(({ label, box: [x1, y1, x2, y2] }) => {
        // Gold is named above its box, the answer below, so that two boxes on one thing can both be read.
        const y = label === 'gold' ? Math.min(y1, y2) - letter * 0.4 : Math.max(y1, y2) + letter * 1.1;
        return (
          <text
            key={label}
            className={`box-name box-name-${label}`}
            x={Math.max(0, Math.min(x1, x2, width - letter * 4))}
            y={Math.min(height - letter * 0.3, Math.max(letter, y))}
            fontSize={letter}
            strokeWidth={letter / 4}
          >
            {label}
          </text>
        );
      })}
    </svg>
  );
}

/** How much ground boxes need, with a margin; null where there are none. */
function extentOf(boxes: readonly Box[]): { width: number; height: number } | null {
  if (boxes.length === 0) return null;
  const far = (axis: 0 | 1) => Math.max(1, ...boxes.flatMap(({ box }) => [box[axis], box[axis + 2] ?? 0]));
  return { width: Math.ceil(far(0) * 1.1), height: Math.ceil(far(1) * 1.1) };
}
