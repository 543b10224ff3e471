import pino from 'pino';
import { env } from './env';

/** One JSON line an event on standard output. Requests carry `requestId`; secrets are never logged. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: null,
  redact: ['token', 'authorization', 'cookie'],
});
