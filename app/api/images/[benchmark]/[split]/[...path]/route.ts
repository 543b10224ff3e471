import { open } from 'node:fs/promises';
import { imagePath } from '@/server/benchmarks';
import { env } from '@/server/env';

interface Params {
  params: Promise<{ benchmark: string; split: string; path: string[] }>;
}

/** An image of an installed benchmark, by its path in the annotations. Raster images only: an SVG is a program. */
export async function GET(_request: Request, { params }: Params): Promise<Response> {
  const { benchmark, split, path } = await params;
  const found = await imagePath(env().OCEAN_DATA_DIR, benchmark, split, decoded(path.join('/')));
  if (found === null) return new Response('This image is not installed.\n', { status: 404 });
  const file = await open(found);
  try {
    const start = new Uint8Array(16);
    await file.read(start, 0, start.length, 0);
    const type = imageTypeOf(start);
    if (type === null) return new Response('This is not a PNG, JPEG, GIF or WebP image.\n', { status: 415 });
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size);
    await file.read(bytes, 0, size, 0);
    return new Response(bytes, {
      headers: {
        'content-type': type,
        'content-length': String(size),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'public, max-age=3600',
      },
    });
  } finally {
    await file.close();
  }
}

/** What is no escape stands for itself. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function imageTypeOf(start: Uint8Array): string | null {
  const text = Buffer.from(start).toString('latin1');
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'image/webp';
  return null;
}
