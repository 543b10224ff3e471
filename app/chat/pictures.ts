import type { ChatPicture, SceneRef } from '@/lib/chat/conversation';
import { LIMITS } from '@/lib/chat/limits';
import { MAX_FILE_BYTES, PictureError, readHeader } from '@/lib/chat/picture-file';
import type { VlmImage } from '@/lib/vlm/types';
import { WORLD_VERSION } from '@/lib/world/scene';
import { type RolledScene, type Scenes, SHOWN_SIDE } from '../scenes/scenes';
import { newId } from './new-id';

/** Pictures on their way in: what is stored is drawn here anew, so nothing of a file but its pixels comes along. */

/** A PNG up to this many bytes stays one: drawings and small pictures keep every pixel. */
const LARGEST_PNG = 400_000;

/** @throws PictureError with a sentence for the visitor. */
export async function pictureOfFile(file: File): Promise<ChatPicture> {
  const name = file.name || 'The picture';
  if (file.size > MAX_FILE_BYTES)
    throw new PictureError(
      `“${name}” has ${Math.ceil(file.size / 1e6)} MB; at most ${MAX_FILE_BYTES / 1e6} MB are opened.`,
    );
  const { type } = readHeader(new Uint8Array(await file.arrayBuffer()), name);
  // The type is the one that the bytes have, whatever the file calls itself.
  const blob = new Blob([file], { type: `image/${type.toLowerCase()}` });
  const bitmap = await createImageBitmap(blob).catch((cause: unknown) => {
    throw new PictureError(`“${name}” begins as a ${type}, but this browser cannot open it.`, { cause });
  });
  const scale = Math.min(1, LIMITS.pictureSide / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const { canvas, context } = canvasOf(width, height);
  // What shows through is white, as on paper.
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { id: newId(), url: await dataUrlOf(canvas), width, height, scene: null };
}

export async function pictureOfScene(scene: SceneRef, { shown }: RolledScene): Promise<ChatPicture> {
  const { canvas, context } = canvasOf(SHOWN_SIDE, SHOWN_SIDE);
  context.putImageData(new ImageData(shown, SHOWN_SIDE), 0, 0);
  return {
    id: `scene-${scene.version}-${scene.task}-${scene.seed}-${scene.size}`,
    url: await dataUrlOf(canvas),
    width: SHOWN_SIDE,
    height: SHOWN_SIDE,
    scene,
  };
}

/** How many pictures are kept decoded: one may take 9 MB. */
const KEPT = 3;

/** The pixels of stored pictures as the engine takes them. Of a scene those that it was asked about, not those shown. */
export class DecodedPictures {
  private readonly kept = new Map<string, VlmImage>();

  constructor(private readonly scenes: Scenes) {}

  async of(picture: ChatPicture): Promise<VlmImage> {
    const known = this.kept.get(picture.id);
    if (known !== undefined) return this.keep(known);
    if (picture.scene?.version === WORLD_VERSION) {
      const { size } = picture.scene;
      const { exact } = await this.scenes.roll(picture.scene);
      return this.keep({ key: picture.id, width: size, height: size, rgba: exact });
    }
    // One that the visitor brought, or a scene of an earlier world: as it is shown.
    const image = new Image();
    image.src = picture.url;
    await image.decode();
    const { context } = canvasOf(picture.width, picture.height);
    context.drawImage(image, 0, 0, picture.width, picture.height);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    return this.keep({ key: picture.id, width: picture.width, height: picture.height, rgba: data });
  }

  /** The newest stands last. */
  private keep(image: VlmImage): VlmImage {
    this.kept.delete(image.key);
    this.kept.set(image.key, image);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
    return image;
  }
}

function canvasOf(width: number, height: number) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null)
    throw new PictureError('This browser has no room for the picture: close other tabs and try again.');
  return { canvas, context };
}

/** PNG where that is small, else JPEG, as well as it fits. */
async function dataUrlOf(canvas: HTMLCanvasElement): Promise<string> {
  const png = await encoded(canvas, 'image/png');
  if (png.size <= LARGEST_PNG) return urlOf(png);
  for (const quality of [0.9, 0.75, 0.5]) {
    const url = await urlOf(await encoded(canvas, 'image/jpeg', quality));
    if (url.length <= LIMITS.pictureUrl) return url;
  }
  throw new PictureError('The picture has too much in it to be kept: make it smaller first.');
}

const encoded = (canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> =>
  new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        if (blob === null) reject(new PictureError('This browser could not write the picture.'));
        else resolve(blob);
      },
      type,
      quality,
    );
  });

const urlOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new PictureError('This browser could not read the picture.'));
    reader.readAsDataURL(blob);
  });
