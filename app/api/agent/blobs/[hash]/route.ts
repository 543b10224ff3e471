import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { blobPath, findBlob, receivedBytes, sha256 } from '@/server/blobs';
import { Problem } from '@/server/problem';
import { offsetReply, receivePart } from '../../../blobs/receive-part';
import { answer } from '../../answer';

type Context = { params: Promise<{ hash: string }> };

/** How much of a file is here, in `upload-offset`. */
export function HEAD(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => {
    const name = sha256.safeParse((await params).hash);
    return offsetReply(name.success ? await receivedBytes(name.data) : 0);
  });
}

export function PATCH(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => offsetReply(await receivePart(request, (await params).hash)));
}

/** A file from its byte `range` on, so that a fetch goes on where it broke. */
export function GET(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async () => {
    const name = sha256.safeParse((await params).hash);
    const found = name.success ? await findBlob(name.data) : null;
    if (found === null) throw new Problem('not-found', 'This file is not here (any more).');
    const from = Math.min(
      Number(request.headers.get('range')?.match(/^bytes=(\d+)-$/)?.[1] ?? 0),
      found.bytes,
    );
    const stream = Readable.toWeb(createReadStream(blobPath(found.sha256), { start: from }));
    return new Response(stream as ReadableStream<Uint8Array>, {
      status: from === 0 ? 200 : 206,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(found.bytes - from),
        ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${found.bytes - 1}/${found.bytes}` }),
      },
    });
  });
}
