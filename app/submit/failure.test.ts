import { TRPCClientError } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { failureOf } from './failure';

const answered = (code: string) =>
  TRPCClientError.from({ error: { message: 'row 3: no output', code: -32_600, data: { code } } });

describe('failureOf', () => {
  it.each([
    ['UNAUTHORIZED', 'signed-out'],
    ['NOT_FOUND', 'gone'],
    ['BAD_REQUEST', 'refused'],
    ['PRECONDITION_FAILED', 'refused'],
    ['CONFLICT', 'refused'],
    ['INTERNAL_SERVER_ERROR', 'broken'],
  ])('takes %s for %s, in the words of the server as a sentence', (code, kind) => {
    expect(failureOf(answered(code))).toEqual({ kind, message: 'Row 3: no output.' });
  });

  it('takes a call without an answer for a broken connection', () => {
    const failure = failureOf(TRPCClientError.from(new TypeError('Failed to fetch')));
    expect(failure).toEqual({ kind: 'broken', message: expect.stringContaining('could not be reached') });
  });
});
