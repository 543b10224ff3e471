import pino from 'pino';
import { env } from './env';

/** One JSON line an event on standard output. Requests carry `requestId`; secrets are never logged. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: null,
  redact: ['token', 'authorization', 'cookie'],
  serializers: { err: (error: unknown) => withoutParameters(error) },
});

/** Of what a library throws about a query: a line holds that much of it, and none of the parameters, which are somebody's texts. */
const MOST = 2_000;

export function withoutParameters(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // Drizzle puts them into its message; what the database says of it is the cause.
  if ('params' in error && error.cause instanceof Error) return withoutParameters(error.cause);
  const { type, message, stack, code } = pino.stdSerializers.err(error);
  return { type, message: message.slice(0, MOST), stack: stack.slice(0, 2 * MOST), code };
}
