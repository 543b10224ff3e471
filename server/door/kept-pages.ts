import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { published } from '../published';

/**
 * What visitors see changes when something is published. It is made then, by whoever asks first, and given to everybody who
 * asks after that; each copy of a page has a nonce of its own, put in on the way out.
 */

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** proxy.ts makes them as `freshNonce` does, so that one takes the place of another. */
const freshNonce = () => btoa(randomUUID());
const NONCE_LENGTH = freshNonce().length;

/** What is kept for longer than this is made anew when it is next asked for, and shown meanwhile. */
const FRESH_MS = 5_000;
const MOST_BYTES = 48_000_000;

interface Page {
  headers: OutgoingHttpHeaders;
  body: Buffer;
  /** The nonce it was made with, and where that stands in the body. */
  nonce: { text: string; places: readonly number[] } | null;
  /** Of what has no nonce: the same for everybody, so it is compressed once, and a browser that has it is told so. */
  whole: { etag: string; gzipped: Buffer } | null;
}
interface Entry {
  version: number;
  shown: { page: Page; at: number } | null;
  making: Promise<Page | null> | null;
}

export function keptPages(handle: Handler): Handler {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function keep(key: string, entry: Entry): void {
    forget(key);
    entries.set(key, entry);
    bytes += sizeOf(entry);
    for (const oldest of entries.keys()) {
      if (bytes <= MOST_BYTES) break;
      forget(oldest);
    }
  }
  function forget(key: string): void {
    const entry = entries.get(key);
    if (entry !== undefined) bytes -= sizeOf(entry);
    entries.delete(key);
  }

  return async (request, response) => {
    const key = keyOf(request);
    if (key === null) return handle(request, response);
    const { version } = published();
    const entry = entries.get(key);
    const current = entry?.version === version ? entry : undefined;
    const shown = current?.shown ?? null;
    if (shown !== null && (performance.now() - shown.at < FRESH_MS || current?.making)) {
      // Asked for last: it goes last.
      entries.delete(key);
      if (current) entries.set(key, current);
      return send(shown.page, request, response);
    }
    if (current?.making) {
      const page = await current.making;
      return page === null ? handle(request, response) : send(page, request, response);
    }
    // Of one that failed, or whose asker went away, there is nothing: those who wait for it ask for themselves.
    const making = captured(request, response, handle).catch(() => null);
    keep(key, { version, shown, making });
    const page = await making;
    // What was published meanwhile is not in it: whoever comes next has it made anew.
    if (entries.get(key)?.making === making) {
      if (page === null) forget(key);
      else keep(key, { version, shown: { page, at: performance.now() }, making: null });
    }
  };
}

const sizeOf = ({ shown }: Entry): number =>
  1_000 + (shown === null ? 0 : shown.page.body.length + (shown.page.whole?.gzipped.length ?? 0));

const PATHS =
  /^\/((leaderboard|models|docs)(\/(?!models\.json)[\w.-]+)?|findings(\/\w+)?|runs\/[\w.~-]+|api\/trpc\/leaderboard\.board)?$/;
/** They are given their metadata elsewhere in the page. */
const ROBOT = /bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp/i;

/** Under what a page is kept; null of what is not the same for all visitors. */
function keyOf({ method, url = '', headers }: IncomingMessage): string | null {
  if (method !== 'GET' || url.length > 500) return null;
  const { authorization, cookie = '', rsc, host = '' } = headers;
  if (authorization !== undefined || cookie.includes('ocean_session=') || rsc !== undefined) return null;
  if (ROBOT.test(headers['user-agent'] ?? '') || headers['next-action'] !== undefined) return null;
  const [path = ''] = url.split('?');
  return PATHS.test(path) ? `${host} ${url}` : null;
}

/** Has a page made in answer to a request, and answers with it; null where it is not one to keep. */
function captured(request: IncomingMessage, response: ServerResponse, handle: Handler): Promise<Page | null> {
  const { 'accept-encoding': encodings, ...headers } = request.headers;
  // As it is, to be compressed once its nonce is in.
  request.headers = headers;
  const chunks: Buffer[] = [];
  const take = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string')
      chunks.push(
        Buffer.from(chunk, Buffer.isEncoding(String(encoding)) ? (encoding as BufferEncoding) : 'utf8'),
      );
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  return new Promise((resolve, reject) => {
    const { write, end, writeHead, flushHeaders } = response;
    const lost = () => reject(new Error('whoever asked first went away'));
    const failed = (error: unknown) => {
      reject(error);
      response.destroy();
    };
    response.once('close', lost);
    response.write = (chunk: unknown, ...rest: unknown[]) => {
      take(chunk, rest[0]);
      for (const each of rest) if (typeof each === 'function') each();
      return true;
    };
    response.writeHead = (status: number, ...rest: unknown[]) => {
      response.statusCode = status;
      for (const each of rest)
        if (typeof each === 'object' && each !== null)
          for (const [name, value] of Object.entries(each)) response.setHeader(name, value);
      return response;
    };
    response.flushHeaders = () => {};
    response.end = (...rest: unknown[]) => {
      if (typeof rest[0] !== 'function') take(rest[0], rest[1]);
      Object.assign(response, { write, end, writeHead, flushHeaders });
      response.off('close', lost);
      request.headers['accept-encoding'] = encodings;
      const body = Buffer.concat(chunks);
      pageOf(response, body)
        .then(async (page) => {
          resolve(page);
          if (page === null) response.end(body);
          else await send(page, request, response);
        })
        .catch(failed);
      for (const each of rest) if (typeof each === 'function') response.once('finish', () => each());
      return response;
    };
    handle(request, response).catch(failed);
  });
}

async function pageOf(response: ServerResponse, body: Buffer): Promise<Page | null> {
  const headers = response.getHeaders();
  for (const name of ['date', 'connection', 'transfer-encoding', 'content-length']) delete headers[name];
  if (response.statusCode !== 200 || headers['set-cookie'] !== undefined) return null;
  const text = String(headers['content-security-policy'] ?? '').match(/'nonce-([\w+/=-]{20,})'/)?.[1];
  if (text?.length === NONCE_LENGTH)
    return { headers, body, nonce: { text, places: placesOf(body, text) }, whole: null };
  if (!String(headers['content-type']).startsWith('application/json')) return null;
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const compressed = await promisify(gzip)(body, { level: constants.Z_BEST_COMPRESSION });
  return {
    headers: {
      ...headers,
      'cache-control': 'public, max-age=0, must-revalidate',
      etag,
      vary: 'Accept-Encoding',
    },
    body,
    nonce: null,
    whole: { etag, gzipped: compressed },
  };
}

function placesOf(body: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let at = body.indexOf(text); at !== -1; at = body.indexOf(text, at + text.length)) places.push(at);
  return places;
}

const leaving: (() => void)[] = [];
/**
 * Node takes one new connection each time that it has been through all that are open: where each of those is given a page at once, the last
 * of 200 waits for seconds. So only some leave at a time.
 */
const MOST_A_TURN = 8;
function turn(): Promise<void> {
  return new Promise((resolve) => {
    leaving.push(resolve);
    if (leaving.length === 1) setImmediate(letGo);
  });
}
function letGo(): void {
  for (const go of leaving.splice(0, MOST_A_TURN)) go();
  if (leaving.length > 0) setImmediate(letGo);
}

async function send(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await turn();
  const { headers, nonce, whole } = page;
  const fresh = freshNonce();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined)
      response.setHeader(
        name,
        nonce !== null && typeof value === 'string' ? value.replaceAll(nonce.text, fresh) : value,
      );
  if (whole !== null && request.headers['if-none-match'] === whole.etag) {
    response.writeHead(304).end();
    return;
  }
  let body = page.body;
  if (nonce !== null) {
    body = Buffer.from(body);
    for (const at of nonce.places) body.write(fresh, at, 'latin1');
  }
  if (/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    response.setHeader('content-encoding', 'gzip');
    body = whole?.gzipped ?? (await promisify(gzip)(body, { level: constants.Z_BEST_SPEED }));
  }
  response.setHeader('content-length', body.length);
  response.writeHead(200).end(body);
}
