import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { blobPath } from '@/server/blobs';
import { publishedFile } from '@/server/models';

type Context = { params: Promise<{ id: string; path: string[] }> };

/** `/models/<model>/<path>` of a published checkpoint: its name is never another's, so it is kept for good. */
export async function GET(_: Request, { params }: Context): Promise<Response> {
  const { id, path } = await params;
  const found = await publishedFile(id, path.join('/'));
  if (found === null) return new Response('There is no such file of a published model.', { status: 404 });
  const stream = Readable.toWeb(createReadStream(blobPath(found.sha256)));
  return new Response(stream as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': found.path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      'content-length': String(found.bytes),
      'cache-control': 'public, max-age=31536000, immutable',
      etag: `"${found.sha256}"`,
    },
  });
}
