import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import * as z from 'zod';
import type { ByteSource } from '@/lib/predictions/predictions-file';
import type { BlobKind } from '@/server/blobs';
import type { AppRouter } from '@/server/trpc/router';
import { ServerError, UsageError } from './command';

type Trpc = ReturnType<typeof createTRPCClient<AppRouter>>;

/** A server, asked with the write token where there is one. Refusals become errors with one line for people. */
export interface Api {
  /** `Refusal`: whom to blame where the server does not take what it is given; the arguments if left out. */
  call<T>(ask: (trpc: Trpc) => Promise<T>, Refusal?: new (message: string) => Error): Promise<T>;
  /** @param kind what it is handed in for. */
  upload(file: ByteSource, kind?: BlobKind): Promise<{ sha256: string; bytes: number }>;
}

const uploaded = z.object({ sha256: z.string(), bytes: z.number() });
const refusal = z.object({ error: z.string() });

/** The address without a slash at its end. @throws UsageError where it is none */
export function serverNamed(address: string | undefined): string {
  if (address === undefined || !/^https?:\/\//i.test(address) || !URL.canParse(address))
    throw new UsageError('say which server: --server https://…');
  return address.replace(/\/+$/, '');
}

/** @param token null for what everybody may read */
export function connect(server: string, token: string | null): Api {
  const authorised = token === null ? {} : { authorization: `Bearer ${token}` };
  const trpc = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${server}/api/trpc`, transformer: superjson, headers: () => authorised })],
  });
  return {
    async call(ask, Refusal = UsageError) {
      try {
        return await ask(trpc);
      } catch (error) {
        throw error instanceof TRPCClientError ? inWords(server, error, Refusal) : error;
      }
    },
    async upload(file, kind = 'predictions') {
      // The types of the browser's fetch do not know `duplex`, which Node's needs for a body that streams.
      const request: RequestInit & { duplex: 'half' } = {
        method: 'POST',
        headers: { ...authorised, 'content-type': 'application/octet-stream' },
        body: streamOf(file),
        duplex: 'half',
      };
      const response = await fetch(`${server}/api/blobs?kind=${kind}`, request).catch((error: unknown) => {
        throw unreachable(server, error);
      });
      const body: unknown = await response.json().catch(() => null);
      if (response.ok) return uploaded.parse(body);
      if (response.status === 401) throw new UsageError(`${server} does not take this token`);
      const said = refusal.safeParse(body);
      const words = said.success ? said.data.error : response.statusText;
      throw new ServerError(`${server} refused the file (${response.status}): ${words}`);
    },
  };
}

function inWords(
  server: string,
  error: TRPCClientError<AppRouter>,
  Refusal: new (message: string) => Error,
): Error {
  const code = error.data?.code;
  if (code === undefined) return unreachable(server, error.cause ?? error);
  if (code === 'UNAUTHORIZED') return new UsageError(`${server} does not take this token`);
  if (code === 'BAD_REQUEST' || code === 'NOT_FOUND' || code === 'CONFLICT') {
    // What a schema finds wrong comes by field; else the message is a sentence.
    const fields = Object.entries(error.data?.issues?.fieldErrors ?? {});
    return new Refusal(
      fields.length === 0 ? error.message : fields.map(([field, words]) => `${field}: ${words}`).join('; '),
    );
  }
  return new ServerError(`${server}: ${error.message}`);
}

function unreachable(server: string, error: unknown): ServerError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new ServerError(
    `cannot reach ${server}: ${cause instanceof Error ? cause.message || String(cause) : String(cause)}`,
  );
}

function streamOf(file: ByteSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = file.chunks()[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const next = chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(Uint8Array.from(next.value));
    },
  });
}
