import { authoriseWrite, isSameOrigin, principalOf } from '@/server/auth';
import { receivedBytes, sha256 } from '@/server/blobs';
import { log } from '@/server/log';
import { Problem } from '@/server/problem';
import { requestIdOf } from '@/server/request-id';
import { offsetReply, receivePart } from '../receive-part';

type Context = { params: Promise<{ hash: string }> };

/** How much of a file that is sent in parts is here, in `upload-offset`. */
export function HEAD(request: Request, { params }: Context): Promise<Response> {
  return answered(request, async () => {
    const name = sha256.safeParse((await params).hash);
    return name.success ? receivedBytes(name.data) : 0;
  });
}

/** Takes what comes behind that. */
export function PATCH(request: Request, { params }: Context): Promise<Response> {
  return answered(request, async () => receivePart(request, (await params).hash));
}

async function answered(request: Request, received: () => Promise<number>): Promise<Response> {
  const { headers } = request;
  const requestId = requestIdOf(headers);
  const refuse = (status: number, error: string) =>
    // The rest of the body is not read: the connection ends with the answer.
    Response.json({ error }, { status, headers: { connection: 'close', 'x-request-id': requestId } });
  try {
    authoriseWrite({ principal: principalOf(headers), sameOrigin: isSameOrigin(headers) });
    return offsetReply(await received(), { 'x-request-id': requestId });
  } catch (error) {
    if (error instanceof Problem) return refuse(error.status, error.message);
    if (request.signal.aborted)
      return refuse(400, 'The connection broke. Ask how much arrived, and go on from there.');
    log.error({ requestId, err: error }, 'a part of an upload failed');
    return refuse(500, `The part could not be kept; the log has the reason under request ${requestId}.`);
  }
}
