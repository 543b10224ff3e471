import { z } from 'zod';
import { authoriseWrite, isSameOrigin, principalOf } from '@/server/auth';
import { BLOB_KINDS, type BlobKind, receivedBytes, sha256, storePart } from '@/server/blobs';
import { firstIssue } from '@/server/first-issue';
import { log } from '@/server/log';
import { Problem } from '@/server/problem';
import { requestIdOf } from '@/server/request-id';

/**
 * A file that is sent in parts, in the manner of IETF's resumable uploads: HEAD says in `Upload-Offset` how much is here,
 * PATCH sends what comes behind that. `bytes` and `kind` of the query say what the whole is.
 */
type Context = { params: Promise<{ sha256: string }> };

const kinds = Object.keys(BLOB_KINDS) as [BlobKind, ...BlobKind[]];
const part = z.object({
  sha256,
  kind: z.enum(kinds),
  bytes: z.coerce.number('how many bytes the file has').int().min(1),
  offset: z.coerce.number('where the part begins, in bytes').int().min(0),
});

export async function HEAD(request: Request, { params }: Context): Promise<Response> {
  return answered(request, async () => {
    const name = sha256.safeParse((await params).sha256);
    return name.success ? receivedBytes(name.data) : 0;
  });
}

export async function PATCH(request: Request, { params }: Context): Promise<Response> {
  return answered(request, async () => {
    const { searchParams } = new URL(request.url);
    const said = part.safeParse({
      ...(await params),
      kind: searchParams.get('kind') ?? 'predictions',
      bytes: searchParams.get('bytes') ?? undefined,
      offset: request.headers.get('upload-offset') ?? undefined,
    });
    if (!said.success) throw new Problem('refused', `What was sent is not taken: ${firstIssue(said.error)}.`);
    if (request.body === null) throw new Problem('refused', 'The part is empty.');
    const { kind, offset, ...whole } = said.data;
    return storePart(whole, kind, offset, request.body);
  });
}

async function answered(request: Request, received: () => Promise<number>): Promise<Response> {
  const { headers } = request;
  const requestId = requestIdOf(headers);
  const refuse = (status: number, error: string) =>
    // The rest of the body is not read: the connection ends with the answer.
    Response.json({ error }, { status, headers: { connection: 'close', 'x-request-id': requestId } });
  try {
    authoriseWrite({ principal: principalOf(headers), sameOrigin: isSameOrigin(headers) });
    const offset = await received();
    return new Response(null, {
      status: 204,
      headers: { 'upload-offset': String(offset), 'cache-control': 'no-store', 'x-request-id': requestId },
    });
  } catch (error) {
    if (error instanceof Problem) return refuse(error.status, error.message);
    if (request.signal.aborted)
      return refuse(400, 'The connection broke. Ask how much arrived, and go on from there.');
    log.error({ requestId, err: error }, 'a part of an upload failed');
    return refuse(500, `The part could not be kept; the log has the reason under request ${requestId}.`);
  }
}
