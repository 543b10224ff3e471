/** SQLSTATEs of a server that ends, starts or was told to end a connection; class 08 is that of connections itself. */
const STATES = /^(08...|57P0[1-5])$/;
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What node-postgres says without a code. */
const WORDS =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether it was the way to the database that failed, so that the same may work a moment later. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return STATES.test(code) || SYSTEM.has(code) || WORDS.test(error.message) || isLostConnection(error.cause);
}

/** Whether the database lacked room, memory or connections (class 53): the same works once there is some. */
export function lacksRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && /^53...$/.test(String(error.code))) || lacksRoom(error.cause);
}
