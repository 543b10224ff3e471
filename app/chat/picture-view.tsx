import type { CSSProperties, ReactNode } from 'react';
import type { ChatPicture } from '@/lib/chat/conversation';
import { SEEDS_PER_SPLIT, splitOf } from '@/lib/world/scene';
import { Boxes, type DrawnBox } from '../ui/boxes';

/** A picture with boxes on it, given in its own pixels. */
export function PictureView({
  picture,
  boxes,
  children,
}: {
  picture: ChatPicture;
  boxes: readonly DrawnBox[];
  /** Stands below it. */
  children?: ReactNode;
}) {
  const { width, height, url } = picture;
  return (
    <figure className="chat-picture">
      <div className="chat-frame" style={{ '--ratio': width / height } as CSSProperties}>
        {/* biome-ignore lint/performance/noImgElement: a data URL of this page's own, whose pixels boxes are drawn on */}
        <img className="chat-layer" src={url} alt={pictureWords(picture)} width={width} height={height} />
        <Boxes className="chat-layer" boxes={boxes} width={width} height={height} />
      </div>
      <figcaption>{children}</figcaption>
    </figure>
  );
}

/** Keeps the place of a scene that is being painted. */
export function PictureToCome() {
  return (
    <figure className="chat-picture">
      <div className="chat-frame" style={{ '--ratio': 1 } as CSSProperties} />
      <figcaption className="chat-caption-to-come">A scene is being painted …</figcaption>
    </figure>
  );
}

export function pictureWords({ scene, width, height }: ChatPicture): string {
  return scene === null
    ? `The picture that is asked about, ${width} by ${height} pixels`
    : `A scene of Ocean World, ${scene.task}, number ${scene.seed % SEEDS_PER_SPLIT} of ${splitOf(scene.seed)}`;
}
