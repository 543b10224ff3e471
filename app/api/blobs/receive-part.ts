import { z } from 'zod';
import { BLOB_KINDS, type BlobKind, sha256, storePart } from '@/server/blobs';
import { firstIssue } from '@/server/first-issue';
import { Problem } from '@/server/problem';

const kinds = Object.keys(BLOB_KINDS) as [BlobKind, ...BlobKind[]];
const part = z.object({
  sha256,
  kind: z.enum(kinds),
  bytes: z.coerce.number('how many bytes the file has').int().min(1),
  offset: z.coerce.number('where the part begins, in bytes').int().min(0),
});

/**
 * Takes a part of a file, in the manner of IETF's resumable uploads: the body comes behind the bytes of `upload-offset`, `bytes` and
 * `kind` of the query say what the whole is. @returns how much is here now. @throws Problem
 */
export async function receivePart(request: Request, name: string): Promise<number> {
  const { searchParams } = new URL(request.url);
  const said = part.safeParse({
    sha256: name,
    kind: searchParams.get('kind') ?? 'predictions',
    bytes: searchParams.get('bytes') ?? undefined,
    offset: request.headers.get('upload-offset') ?? undefined,
  });
  if (!said.success) throw new Problem('refused', `What was sent is not taken: ${firstIssue(said.error)}.`);
  const { kind, offset, ...whole } = said.data;
  // An empty part puts in its place what came whole before the server was killed.
  return storePart(whole, kind, offset, request.body ?? new Blob().stream());
}

export const offsetReply = (offset: number, headers: HeadersInit = {}): Response =>
  new Response(null, {
    status: 204,
    headers: { ...headers, 'upload-offset': String(offset), 'cache-control': 'no-store' },
  });
