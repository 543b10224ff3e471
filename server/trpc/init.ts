import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { ZodError, z } from 'zod';
import { authoriseVisit, authoriseWrite, isSameOrigin, type Principal, principalOf } from '../auth';
import { isLostConnection } from '../db';
import { firstIssue } from '../first-issue';
import { log } from '../log';
import { PROBLEM_KINDS, Problem } from '../problem';
import { addressOf } from '../rate-limit';
import { requestIdOf } from '../request-id';
import { unstorable } from '../storable';

export interface Context {
  principal: Principal;
  requestId: string;
  /** For counting; see `addressOf`. */
  address: string;
  /** Whether a page of another origin sends it: then nothing is written, whoever asks. */
  sameOrigin: boolean;
}

export function createContext(headers: Headers): Context {
  return {
    principal: principalOf(headers),
    requestId: requestIdOf(headers),
    address: addressOf(headers),
    sameOrigin: isSameOrigin(headers),
  };
}

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  isDev: false,
  sse: {
    maxDurationMs: 5 * 60_000,
    ping: { enabled: true, intervalMs: 3_000 },
    client: { reconnectAfterInactivityMs: 10_000 },
  },
  errorFormatter({ shape, error, ctx }) {
    const wrong = error.cause instanceof ZodError ? error.cause : null;
    const message =
      error.code === 'INTERNAL_SERVER_ERROR'
        ? `Something failed here; the log has it under request ${ctx?.requestId ?? 'unknown'}.`
        : wrong === null
          ? shape.message
          : `What was sent is not taken: ${firstIssue(wrong)}.`;
    return { ...shape, message, data: { ...shape.data, issues: wrong && z.flattenError(wrong) } };
  },
});

/** What the domains say in their own words, as tRPC says it. */
export function asTrpcError(error: unknown): unknown {
  if (error instanceof Problem)
    return new TRPCError({ code: PROBLEM_KINDS[error.kind].code, message: error.message, cause: error });
  if (isLostConnection(error))
    return new TRPCError({
      code: 'SERVICE_UNAVAILABLE',
      message: 'The database was lost for a moment. Try again.',
      cause: error,
    });
  return error;
}

/** Failures that the log has. */
const told = new WeakSet<Error>();

/** For what fails outside of a procedure, as where its answer cannot be written: the visitor is told that the log has it. */
export function logFailure(error: TRPCError, requestId: string, path: string | undefined): void {
  if (error.code !== 'INTERNAL_SERVER_ERROR' || told.has(error)) return;
  log.error({ requestId, path, err: error.cause ?? error }, 'an answer failed');
}

const logged = t.middleware(async ({ ctx, path, type, next }) => {
  const started = performance.now();
  const result = await next();
  const fields = { requestId: ctx.requestId, path, type, ms: Math.round(performance.now() - started) };
  if (result.ok) log.debug(fields, 'call');
  else if (result.error.code === 'INTERNAL_SERVER_ERROR') {
    told.add(result.error);
    log.error({ ...fields, err: result.error.cause ?? result.error }, 'call failed');
  } else log.info({ ...fields, code: result.error.code }, 'call refused');
  return result;
});

const inWords = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const said = asTrpcError(result.error.cause);
  if (said instanceof TRPCError) throw said;
  return result;
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** The one place where what is sent is looked through for what could be neither kept nor found. */
const storable = t.middleware(async ({ getRawInput, next }) => {
  const found = unstorable(await getRawInput());
  if (found !== null) throw new Problem('refused', `What was sent is not taken: ${found}.`);
  return next();
});

const anyProcedure = t.procedure.use(logged).use(inWords);

export const publicProcedure = anyProcedure.use(storable);

/**
 * A write of a visitor, who needs no token for it; whatever it does is bounded by whom it comes from. A model's words may have any sign in
 * them, and are mended where they are kept.
 */
export const openProcedure = anyProcedure.use(({ ctx, next }) => {
  authoriseVisit(ctx);
  return next();
});

/** Every other write. */
export const writerProcedure = publicProcedure.use(({ ctx, next }) => {
  authoriseWrite(ctx);
  return next();
});
