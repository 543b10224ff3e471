import { cookies } from 'next/headers';
import { z } from 'zod';
import {
  isSameOrigin,
  isWriteToken,
  newSession,
  SESSION_COOKIE,
  SESSION_SECONDS,
  signOut,
  writingEnabled,
} from '@/server/auth';
import { addressOf, rateLimit } from '@/server/rate-limit';

// 5 wrong tokens a minute from one address. There is no limit of all together, by which strangers would lock out who has the right one.
const attempts = rateLimit('sign-in', 5, null, 60_000);
const MAX_BODY_BYTES = 4_096;
const signInBody = z.object({ token: z.string().min(1).max(1_000) });

const NOT_OURS = 'a page of this server; where it is one, name its host in OCEAN_HOSTS.';
const refused = (status: number, error: string, headers?: HeadersInit) =>
  Response.json({ error }, headers === undefined ? { status } : { status, headers });

/** Signs in: the right token gives a session cookie. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request.headers)) return refused(403, `Sign in from ${NOT_OURS}`);
  if (!writingEnabled())
    return refused(
      401,
      'Writing is off on this server: whoever runs it sets OCEAN_TOKEN and starts it again.',
    );
  const bytes = request.headers.get('content-length');
  if (bytes === null || Number(bytes) > MAX_BODY_BYTES)
    return refused(413, `Send {"token": "…"} of at most ${MAX_BODY_BYTES} bytes, with its Content-Length.`);
  const body = signInBody.safeParse(await request.json().catch(() => null));
  if (!body.success) return refused(400, 'Send JSON of the form {"token": "…"}.');
  // Counted before it is looked at, so that attempts sent at once are counted one by one.
  const address = addressOf(request.headers);
  const wait = await attempts.take(address);
  if (wait > 0)
    return refused(429, `Too many wrong tokens. Try again in ${wait} ${wait === 1 ? 'second' : 'seconds'}.`, {
      'Retry-After': String(wait),
    });
  if (!isWriteToken(body.data.token.trim()))
    return refused(401, 'This is not the write token of this server.');
  await attempts.giveBack(address);
  (await cookies()).set(SESSION_COOKIE, newSession(), { ...cookieOptions(request), maxAge: SESSION_SECONDS });
  return new Response(null, { status: 204 });
}

/** Signs out: the cookie opens nothing any more, whoever has a copy of it. */
export async function DELETE(request: Request): Promise<Response> {
  if (!isSameOrigin(request.headers)) return refused(403, `Sign out from ${NOT_OURS}`);
  await signOut(request.headers);
  (await cookies()).set(SESSION_COOKIE, '', { ...cookieOptions(request), maxAge: 0 });
  return new Response(null, { status: 204 });
}

/** The browser's `Origin` tells whether it speaks https, behind a proxy too. */
function cookieOptions(request: Request) {
  const secure = (request.headers.get('origin') ?? request.url).startsWith('https:');
  return { httpOnly: true, sameSite: 'strict', path: '/', secure } as const;
}
