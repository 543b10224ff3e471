import type { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterEach, expect, test, vi } from 'vitest';
import { log } from '../log';
import { createContext, logFailure, publicProcedure, router } from './init';

const failing = router({
  losesDatabase: publicProcedure.query(() => {
    throw Object.assign(new Error('terminating connection'), { code: '57P01' });
  }),
  throws: publicProcedure.query(() => {
    throw new Error('no such thing');
  }),
  cannotBeWritten: publicProcedure.query(() => ({
    get words(): string {
      throw new Error('no words for it');
    },
  })),
});
afterEach(() => vi.restoreAllMocks());

const asked = (name: string, onError: (failed: { error: TRPCError; path: string | undefined }) => void) =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    req: new Request(`http://localhost/api/trpc/${name}`),
    router: failing,
    createContext: () => context,
    onError,
  });
const context = createContext(new Headers({ 'x-request-id': 'request-1' }));

test('who asks while the database is lost is told to ask again', async () => {
  const answer = await asked('losesDatabase', () => {});
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('The database was lost for a moment. Try again.');
});

test.each([
  ['throws', 'no such thing'],
  ['cannotBeWritten', 'no words for it'],
])('what %s is told by its request, and the log has it under that, once', async (name, message) => {
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const answer = await asked(name, ({ error, path }) => logFailure(error, context.requestId, path));
  expect(answer.status).toBe(500);
  const text = await answer.text();
  expect(text).toContain('the log has it under request request-1');
  expect(text).not.toContain(message);
  expect(logged).toHaveBeenCalledTimes(1);
  expect(logged.mock.calls[0]?.[0]).toMatchObject({ requestId: 'request-1', err: { message } });
});
