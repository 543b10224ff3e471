import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { env } from '../env';
import type { Principal } from './may';
import { endSession, isEnded } from './sessions';

export { authoriseVisit, authoriseWrite, mayChange, maySee, ownerOf, type Principal } from './may';
export { followSignOuts } from './sessions';

export const SESSION_COOKIE = 'ocean_session';
/** 30 days, in seconds. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** False where the server has no token: then nobody may write, and a page says so instead of asking for one. */
export function writingEnabled(): boolean {
  return env().OCEAN_TOKEN !== undefined;
}

/** The CLI sends `Authorization: Bearer <token>`; the browser a cookie that scripts cannot read and that does not hold the token. */
export function principalOf(headers: Headers): Principal {
  const bearer = headers.get('authorization')?.match(/^Bearer +(.+)$/i)?.[1];
  if (bearer !== undefined) return { role: isWriteToken(bearer) ? 'writer' : 'visitor' };
  const session = cookieOf(headers, SESSION_COOKIE);
  // A page of another origin cannot read our answers, but its forms could write with our visitor's cookie.
  if (session === undefined || !isSameOrigin(headers)) return { role: 'visitor' };
  return { role: sessionOf(session) === null ? 'visitor' : 'writer' };
}

/** Takes the same time for every candidate, whatever its length. */
export function isWriteToken(candidate: string): boolean {
  const token = env().OCEAN_TOKEN;
  return token !== undefined && sameText(candidate, token);
}

/**
 * What the browser keeps instead of the token: when it ends (seconds since 1970), its own name, and the token's signature of both.
 * A changed token ends every session.
 */
export function newSession(now = Date.now()): string {
  const said = `${Math.floor(now / 1_000) + SESSION_SECONDS}.${randomBytes(9).toString('base64url')}`;
  return `${said}.${signature(said)}`;
}

/** Ends the session of a request, wherever its cookie is. */
export async function signOut(headers: Headers): Promise<void> {
  const session = sessionOf(cookieOf(headers, SESSION_COOKIE) ?? '');
  if (session !== null) await endSession(session);
}

/**
 * Whether a request comes from our own pages, or from no page at all: a terminal sends neither `Origin` nor `Sec-Fetch-Site`; browsers
 * send the first with every write, and the second with all over https and on localhost.
 */
export function isSameOrigin(headers: Headers): boolean {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  if (origin === null && site === null) return true;
  // A name of somebody else's that was pointed at this machine is an origin of theirs.
  if (!isOurHost(headers.get('host') ?? '')) return false;
  // The browser's own word, right behind a proxy too.
  if (site !== null) return site === 'same-origin' || (site === 'none' && origin === null);
  return origin !== null && URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

/** The names of OCEAN_HOSTS, and those that nobody can point anywhere else. */
function isOurHost(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return (
    env().OCEAN_HOSTS.includes(host) ||
    env().OCEAN_HOSTS.includes(hostname) ||
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  );
}

/** What a cookie says where we signed it, its time is not over, and nobody signed out of it. */
function sessionOf(cookie: string): { id: string; ends: Date } | null {
  const [ends = '', id = '', signed = ''] = cookie.split('.');
  if (!sameText(signed, signature(`${ends}.${id}`)) || Number(ends) * 1_000 <= Date.now() || isEnded(id))
    return null;
  return { id, ends: new Date(Number(ends) * 1_000) };
}

/** Without a token the key is drawn anew at each call, so nothing is ever signed rightly. */
function signature(text: string): string {
  const key = env().OCEAN_TOKEN ?? crypto.randomUUID();
  return createHmac('sha256', key).update(`session ${text}`).digest('base64url');
}

/** timingSafeEqual wants equal lengths: digests have them. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The raw value: ours needs no decoding, and what needs some is not ours. */
function cookieOf(headers: Headers, name: string): string | undefined {
  return headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
