import { authoriseWrite, isSameOrigin, principalOf } from '@/server/auth';
import { BLOB_KINDS, type BlobKind, storeBlob } from '@/server/blobs';
import { log } from '@/server/log';
import { Problem } from '@/server/problem';
import { requestIdOf } from '@/server/request-id';

/** Takes a file as the request's body, `?kind=` says what it is handed in for, and answers with `{ sha256, bytes }`, or `{ error }` with a sentence. */
export async function POST(request: Request): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  const refuse = (status: number, error: string) => {
    log.info({ requestId, status, error }, 'upload refused');
    // The rest of the body is not read: the connection ends with the answer.
    return Response.json({ error }, { status, headers: { connection: 'close', 'x-request-id': requestId } });
  };
  const { headers, body } = request;
  try {
    authoriseWrite({ principal: principalOf(headers), sameOrigin: isSameOrigin(headers) });
    if (body === null) throw new Problem('refused', 'The upload is empty.');
    const length = headers.get('content-length');
    const stored = await storeBlob(body, length === null ? null : Number(length), kindOf(request));
    log.info({ requestId, ...stored }, 'upload stored');
    return Response.json(stored, { status: 201, headers: { 'x-request-id': requestId } });
  } catch (error) {
    if (error instanceof Problem) return refuse(error.status, error.message);
    if (request.signal.aborted) return refuse(400, 'The connection broke. Upload the file again.');
    log.error({ requestId, err: error }, 'upload failed');
    return Response.json(
      { error: `The file could not be kept; the log has the reason under request ${requestId}.` },
      { status: 500, headers: { 'x-request-id': requestId } },
    );
  }
}

function kindOf(request: Request): BlobKind {
  const asked = new URL(request.url).searchParams.get('kind') ?? 'predictions';
  const known = Object.keys(BLOB_KINDS).find((kind): kind is BlobKind => kind === asked);
  if (known === undefined) throw new Problem('refused', `Files are not handed in as "${asked}".`);
  return known;
}
