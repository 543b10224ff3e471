import { createHash, timingSafeEqual } from 'node:crypto';
import { env } from '../env';

/** Who is asking. One writer for now; a real account system replaces what is behind `principalOf`. */
export type Principal = { role: 'visitor' } | { role: 'writer' };

export const TOKEN_COOKIE = 'ocean_token';

/** Compares in constant time whatever the lengths. */
export function isWriteToken(candidate: string): boolean {
  const token = env().OCEAN_TOKEN;
  if (token === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(candidate), digest(token));
}

/** The CLI sends `Authorization: Bearer …`; the browser a cookie that scripts cannot read. */
export function principalOf(headers: Headers): Principal {
  const bearer = headers.get('authorization')?.match(/^Bearer (.+)$/)?.[1];
  const cookie = headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${TOKEN_COOKIE}=`))
    ?.slice(TOKEN_COOKIE.length + 1);
  const candidate = bearer ?? (cookie === undefined ? undefined : decodeURIComponent(cookie));
  return candidate !== undefined && isWriteToken(candidate) ? { role: 'writer' } : { role: 'visitor' };
}
