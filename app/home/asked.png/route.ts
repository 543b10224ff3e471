import { firstPicture } from '../first-picture';

/** Painted when the site is built: what the models are asked about before the visitor's browser has painted anything. */
export const dynamic = 'force-static';

export function GET(): Response {
  return new Response(Buffer.from(firstPicture()), {
    headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
  });
}
