import { readFile } from 'node:fs/promises';
import { principalOf } from '@/server/auth';
import { blobPath } from '@/server/blobs';
import { Problem } from '@/server/problem';
import { isRolloutImage } from '@/server/training';

interface Params {
  params: Promise<{ id: string; hash: string }>;
}

const NONE = 'There is no such picture of this job.\n';

/** A picture of a job's rollouts, for whoever may see the job. An agent sent its bytes: raster images alone go on. */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  const { id, hash } = await params;
  try {
    if (!(await isRolloutImage(id, principalOf(request.headers), hash)))
      return new Response(NONE, { status: 404 });
  } catch (error) {
    if (error instanceof Problem) return new Response(NONE, { status: 404 });
    throw error;
  }
  const bytes = await readFile(blobPath(hash));
  const type = imageTypeOf(bytes);
  if (type === null) return new Response('This is not a PNG or JPEG image.\n', { status: 415 });
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      // Never another's under this address; kept by nobody in between, as a job may be hidden again.
      'cache-control': 'private, max-age=3600',
    },
  });
}

function imageTypeOf(bytes: Buffer): string | null {
  const start = bytes.subarray(0, 8).toString('latin1');
  if (start === '\x89PNG\r\n\x1a\n') return 'image/png';
  return start.startsWith('\xff\xd8\xff') ? 'image/jpeg' : null;
}
