import { SHOWN_SIDE } from '../../scenes/scenes';
import { firstPicture } from '../first-picture';

/** Painted when the site is built. */
export const dynamic = 'force-static';

export function GET(): Response {
  return new Response(Buffer.from(firstPicture(SHOWN_SIDE)), {
    headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
  });
}
