import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { env } from '../env';
import type { Principal } from './may';

export { authoriseVisit, authoriseWrite, mayChange, maySee, ownerOf, type Principal } from './may';

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
  return { role: isSession(session) ? 'writer' : 'visitor' };
}

/** Takes the same time for every candidate, whatever its length. */
export function isWriteToken(candidate: string): boolean {
  const token = env().OCEAN_TOKEN;
  return token !== undefined && sameText(candidate, token);
}

/**
 * What the browser keeps instead of the token: when it ends (seconds since 1970) and the token's signature of that.
 * A changed token ends every session.
 */
export function newSession(now = Date.now()): string {
  const ends = String(Math.floor(now / 1_000) + SESSION_SECONDS);
  return `${ends}.${signature(ends)}`;
}

/** Whether a request comes from our own pages, or from no page at all (a terminal sends no `Origin`; browsers do with every write). */
export function isSameOrigin(headers: Headers): boolean {
  const origin = headers.get('origin');
  if (origin === null) return true;
  // The browser's own word, right behind a proxy too; it is sent over https and on localhost only.
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

function isSession(session: string): boolean {
  const [ends = '', signed = ''] = session.split('.');
  return sameText(signed, signature(ends)) && Number(ends) * 1_000 > Date.now();
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
