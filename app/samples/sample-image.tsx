'use client';

import { useCallback, useState } from 'react';
import type { SampleDetail } from '@/server/evals/types';
import { Boxes, type DrawnBox } from '../ui/boxes';

/** `legend`: what the box is, and how its line looks. */
export type SampleBox = DrawnBox & { legend: string };

/** The boxes of one output. */
export const boxesOf = ({ boxes }: Pick<SampleDetail, 'boxes'>): SampleBox[] =>
  boxes.map(({ label, box }) => ({
    look: label,
    name: label,
    legend: label === 'gold' ? 'gold (solid)' : 'answer (dashed)',
    box,
  }));

/**
 * A sample's image with its boxes, drawn in the image's pixels. Where the image is not
 * installed, the boxes stand to scale on an empty ground. The frame has one size whatever the image has.
 */
export function SampleImage({
  sample: { image, imageUrl },
  boxes,
}: {
  sample: Pick<SampleDetail, 'image' | 'imageUrl'>;
  boxes: readonly SampleBox[];
}) {
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
          {size !== null && boxes.length > 0 ? (
            <Boxes className="sample-image-layer" boxes={boxes} {...size} />
          ) : null}
        </div>
      ) : null}
      <figcaption>
        {boxes.length > 0 ? (
          <span className="box-legend">
            {boxes.map(({ look, legend, box }) => (
              <span key={legend}>
                <svg width="22" height="8" aria-hidden="true">
                  <line className={`box-line box-${look}`} x1="0" x2="22" y1="4" y2="4" />
                </svg>
                {legend} [{box.join(', ')}]
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

/** How much ground boxes need, with a margin; null where there are none. */
function extentOf(boxes: readonly SampleBox[]): { width: number; height: number } | null {
  if (boxes.length === 0) return null;
  const far = (axis: 0 | 1) => Math.max(1, ...boxes.flatMap(({ box }) => [box[axis], box[axis + 2] ?? 0]));
  return { width: Math.ceil(far(0) * 1.1), height: Math.ceil(far(1) * 1.1) };
}
