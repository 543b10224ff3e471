import type { IncomingMessage, ServerResponse } from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { isWriteToken, principalOf } from '../auth';
import { env } from '../env';
import { believed, countedAs, trusts } from './address';
import { giveUpSlowBody, lengthOf } from './bodies';
import { type Handler, keptPages } from './kept-pages';
import { places } from './places';

/**
 * Every request comes through here before Next sees it: who it is from is settled, what can only be an attack or a fault is refused,
 * and of more than this process can do at a time strangers are sent away first.
 */

/** Requests of visitors that are here at a time, and of one address; those of whoever is signed in are not counted. */
const MOST_VISITS = 64;
const MOST_OF_ONE = 16;
/** So many of them are worked on, so that what whoever is signed in asks of the database waits for few others. */
const MOST_AT_WORK = 4;
/** How long one of them keeps the next waiting, in ms. */
const LONG_MS = 500;
/** Bytes of bodies of visitors that are read whole, all that are being received or answered together. */
const MOST_BODY_BYTES = 60_000_000;
/** Wrong tokens of one address a minute, before none of its tokens is looked at for the rest of it. */
const wrongTokens = new RateLimiterMemory({ keyPrefix: 'wrong tokens', points: 30, duration: 60 });

/** They stay open. */
const STREAMS = /^\/api\/trpc\/(submissions\.progress|training\.follow)(\?|$)/;
/** They stay open, or are bounded by themselves. */
const UNCOUNTED =
  /^\/(_next\/static\/|api\/(chat|agent|health|images|blobs)\b|models\/[^/]+\/(?!opengraph-image)|vlm\/|world\/)/;

export function door(handle: Handler): Handler {
  const isTrusted = trusts(env().OCEAN_TRUSTED_PROXY);
  const pages = keptPages(visits(handle));

  return async (request, response) => {
    const { headers, socket } = request;
    const address = countedAs(
      believed(socket.remoteAddress, headers['x-forwarded-for']?.toString(), isTrusted),
    );
    headers['x-forwarded-for'] = address;
    if (!isTrusted(socket.remoteAddress ?? '')) {
      delete headers['x-forwarded-host'];
      delete headers['x-forwarded-proto'];
    }
    if (!isReadable(request.url ?? ''))
      return refuse(response, 400, 'This address has signs in it that no address here has.');
    const guess = await guessed(request, response, address);
    if (guess > 0)
      return refuse(response, 429, `Too many wrong tokens. Try again in ${guess} s.`, {
        'retry-after': guess,
      });
    giveUpSlowBody(request);
    return pages(request, response);
  };
}

/** Percent signs that stand for nothing, and NUL, which no database keeps. */
function isReadable(url: string): boolean {
  try {
    return !decodeURIComponent(url.replaceAll('+', ' ')).includes('\0');
  } catch {
    return false;
  }
}

/** Seconds for which tokens of this address are not looked at; 0 where they are. Wrong ones are counted. */
async function guessed(request: IncomingMessage, response: ServerResponse, address: string): Promise<number> {
  const token = request.headers.authorization?.match(/^Bearer +(.+)$/i)?.[1];
  if (token === undefined) return 0;
  const before = await wrongTokens.get(address);
  if (before !== null && before.remainingPoints <= 0) return Math.ceil(before.msBeforeNext / 1_000);
  const count = () => wrongTokens.consume(address).catch(() => {});
  // An agent's token is looked up where it is used.
  if (request.url?.startsWith('/api/agent/'))
    response.once('finish', () => {
      if (response.statusCode === 401) void count();
    });
  else if (!isWriteToken(token)) await count();
  return 0;
}

/** Counts what visitors have open, and refuses what is too much. */
function visits(handle: Handler): Handler {
  let open = 0;
  let openBytes = 0;
  const ofOne = new Map<string, number>();
  const enter = places(MOST_AT_WORK, LONG_MS);
  return async (request, response) => {
    // Door and Next together wait for the end of a response more than ten times over, which Node takes for a leak.
    response.setMaxListeners(20);
    const { url = '', headers } = request;
    const isChat = url.startsWith('/api/chat');
    if ((UNCOUNTED.test(url) && !isChat) || STREAMS.test(url) || isSignedIn(request))
      return handle(request, response);
    const bytes = lengthOf(request);
    if (bytes === null)
      return refuse(response, 411, 'Send the body with its Content-Length.', { connection: 'close' });
    const address = String(headers['x-forwarded-for']);
    const before = ofOne.get(address) ?? 0;
    const isFull = open >= MOST_VISITS || before >= MOST_OF_ONE;
    if ((isFull && !isChat) || (bytes > 0 && openBytes + bytes > MOST_BODY_BYTES))
      return refuse(response, 503, 'More is asked here than can be answered. Try again in a moment.', {
        'retry-after': 2,
        // A body is not read; of other requests the connection stays, as a new one for each would keep those of others waiting.
        connection: bytes > 0 ? 'close' : 'keep-alive',
      });
    openBytes += bytes;
    response.once('close', () => {
      openBytes -= bytes;
    });
    if (isChat) return handle(request, response);
    open++;
    ofOne.set(address, before + 1);
    response.once('close', () => {
      open--;
      const left = (ofOne.get(address) ?? 1) - 1;
      if (left === 0) ofOne.delete(address);
      else ofOne.set(address, left);
    });
    const leave = await enter();
    response.once('finish', leave).once('close', leave);
    if (response.destroyed) return leave();
    return handle(request, response);
  };
}

function isSignedIn({ headers: { authorization, cookie, ...headers } }: IncomingMessage): boolean {
  if (authorization === undefined && !cookie?.includes('ocean_session=')) return false;
  const said = new Headers();
  const known = { authorization, cookie, host: headers.host, origin: headers.origin };
  for (const [name, value] of Object.entries(known)) if (value !== undefined) said.set(name, value);
  const site = headers['sec-fetch-site'];
  if (typeof site === 'string') said.set('sec-fetch-site', site);
  return principalOf(said).role !== 'visitor';
}

function refuse(
  response: ServerResponse,
  status: number,
  error: string,
  headers: Record<string, string | number> = {},
): void {
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...headers,
    })
    .end(JSON.stringify({ error }));
}
