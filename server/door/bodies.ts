import type { IncomingMessage } from 'node:http';

/** How often a body is looked at while it comes, and how many bytes must have come in between. */
const LOOK_EVERY_MS = 10_000;
const LEAST_BYTES = 10_000;

/** Bytes of the body, 0 where there is none; null where nobody says. */
export function lengthOf({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined) return null;
  const length = Number(headers['content-length'] ?? 0);
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

/** Ends the connection of a body that hardly comes: it would hold what of it is here for as long as it likes. */
export function giveUpSlowBody(request: IncomingMessage, everyMs = LOOK_EVERY_MS): void {
  if (lengthOf(request) === 0) return;
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    if (request.complete) return clearInterval(timer);
    // What lies here unread is for us to hurry with.
    const isSlow = request.readableLength === 0 && socket.bytesRead - before < LEAST_BYTES;
    before = socket.bytesRead;
    if (isSlow) socket.destroy();
  }, everyMs);
  request.once('close', () => clearInterval(timer));
}
