import { APICallError, InvalidResponseDataError } from 'ai';

/** A model's server may be slow, dead or strange: what it may take, and what is said of it. */

export interface UpstreamLimits {
  /** Until its first byte, in ms. */
  firstMs: number;
  /** Between two bytes, in ms. */
  silentMs: number;
  /** In all, in ms. */
  totalMs: number;
  bytes: number;
}
/** A reply of 4,096 tokens is a megabyte of events. */
export const UPSTREAM_LIMITS: UpstreamLimits = {
  firstMs: 60_000,
  silentMs: 30_000,
  totalMs: 300_000,
  bytes: 8_000_000,
};

/** Its message goes on after "The server of <model> ". */
class UpstreamFailed extends Error {
  override readonly name = 'UpstreamFailed';
}

/** `fetch` within the limits, which follows no redirect: the key goes to the address that was set, and nowhere that it points to. */
export function fetchWithin(limits: UpstreamLimits): typeof fetch {
  return async (input, init) => {
    const end = new AbortController();
    const endAs = (why: string) => () => end.abort(new UpstreamFailed(why));
    // Held by their timers: signals of AbortSignal.timeout() may be collected before they fire (nodejs/node#57736).
    const total = setTimeout(
      endAs(`took longer than ${limits.totalMs / 1_000} s, and was cut off.`),
      limits.totalMs,
    );
    let silent = setTimeout(endAs(`gave no answer within ${limits.firstMs / 1_000} s.`), limits.firstMs);
    const done = () => {
      clearTimeout(total);
      clearTimeout(silent);
    };
    const asked = init?.signal;
    try {
      const response = await fetch(input, {
        ...init,
        redirect: 'manual',
        signal: asked ? AbortSignal.any([asked, end.signal]) : end.signal,
      });
      if (response.status >= 300 && response.status < 400)
        throw new UpstreamFailed(
          'answers with a redirect, which is not followed; its address here is wrong.',
        );
      if (response.body === null) throw new UpstreamFailed('gave an empty answer.');
      const body = bounded(response.body, {
        limit: limits.bytes,
        heard() {
          clearTimeout(silent);
          silent = setTimeout(endAs('fell silent in the middle of the reply.'), limits.silentMs);
        },
        done,
      });
      return new Response(body, { status: response.status, headers: response.headers });
    } catch (error) {
      done();
      throw error;
    }
  };
}

interface Bounds {
  limit: number;
  heard(): void;
  done(): void;
}

function bounded(body: ReadableStream<Uint8Array<ArrayBuffer>>, { limit, heard, done }: Bounds) {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { value, done: ended } = await reader.read();
        if (ended) {
          done();
          controller.close();
          return;
        }
        heard();
        bytes += value.length;
        if (bytes > limit) throw new UpstreamFailed('sent far more than a reply, and was cut off.');
        controller.enqueue(value);
      } catch (error) {
        done();
        controller.error(error);
        await reader.cancel(error);
      }
    },
    async cancel(reason) {
      done();
      await reader.cancel(reason);
    },
  });
}

/**
 * A sentence for the visitor. Nothing that the server itself says is in it, as that may hold its address or its key.
 * @param begun whether a part of the reply had come.
 */
export function failureSentence(label: string, error: unknown, begun: boolean): string {
  const server = `The server of ${label}`;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof UpstreamFailed) return `${server} ${cause.message}`;
  if (begun || InvalidResponseDataError.isInstance(error))
    return `${server} ended in the middle of the reply. What came is above; try again.`;
  const status = APICallError.isInstance(error) ? error.statusCode : undefined;
  if (APICallError.isInstance(error) && (status === undefined || status === 200))
    return `${server} does not answer. Try again later.`;
  switch (status) {
    case undefined:
      return `${server} sent something that is no reply.`;
    case 400:
    case 413:
    case 422:
      return `${server} does not take this conversation (status ${status}). It may be too long for the model: start a new one, or leave pictures out.`;
    case 401:
    case 403:
    case 404:
      return `${server} refuses (status ${status}). Whoever runs this site has to check its address, model and key.`;
    case 429:
      return `${server} is busy. Try again in a minute.`;
    default:
      return `${server} failed (status ${status}). Try again later.`;
  }
}
