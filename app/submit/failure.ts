import { TRPCClientError } from '@trpc/client';

/**
 * What a failed call means for the page. `refused`: the input is wrong, and trying the same again is no use;
 * `gone`: what it named is no longer there; `broken`: the network or the server failed, and trying again may help.
 */
export interface Failure {
  kind: 'signed-out' | 'refused' | 'gone' | 'broken';
  message: string;
}

export function failureOf(error: { message: string }): Failure {
  const data: unknown = error instanceof TRPCClientError ? error.data : null;
  const code = typeof data === 'object' && data !== null && 'code' in data ? data.code : null;
  if (code === null)
    return {
      kind: 'broken',
      message: 'The server could not be reached. Check the connection, then try again.',
    };
  if (code === 'UNAUTHORIZED') return { kind: 'signed-out', message: sentence(error.message) };
  if (code === 'NOT_FOUND') return { kind: 'gone', message: sentence(error.message) };
  if (code === 'INTERNAL_SERVER_ERROR' || code === 'TIMEOUT' || code === 'TOO_MANY_REQUESTS')
    return { kind: 'broken', message: sentence(error.message) };
  return { kind: 'refused', message: sentence(error.message) };
}

/** Readers of files speak in clauses ("row 3: no output"); on the page they are sentences. */
function sentence(text: string): string {
  const capital = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
