import { gunzipSync } from 'node:zlib';
import type { z } from 'zod';
import { PROTOCOL_LIMITS } from '@/lib/training/protocol';
import { firstIssue } from '@/server/first-issue';
import { Problem } from '@/server/problem';

/** A request's JSON, gzipped or not, in the form of a schema. @throws Problem */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const tooLarge = new Problem(
    'too-large',
    `Send at most ${PROTOCOL_LIMITS.requestBytes / 1e6} MB at once, before and after gzip.`,
  );
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > PROTOCOL_LIMITS.requestBytes) throw tooLarge;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const read = schema.safeParse(
    jsonOf(request.headers.get('content-encoding') === 'gzip' ? inflated(bytes, tooLarge) : bytes),
  );
  if (!read.success) throw new Problem('refused', `What was sent is not taken: ${firstIssue(read.error)}.`);
  return read.data;
}

function inflated(bytes: Uint8Array, tooLarge: Problem): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: PROTOCOL_LIMITS.requestBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge;
    throw new Problem('refused', 'The body says that it is gzip, and is not.');
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Problem('refused', 'The body is not JSON.');
  }
}
