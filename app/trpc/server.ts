import 'server-only';

import { TRPCError } from '@trpc/server';
import { headers } from 'next/headers';
import { createContext } from '@/server/trpc/init';
import { createCaller } from '@/server/trpc/router';

/** The one place where pages reach the server: the same procedures as the browser's, called without HTTP. */
export async function api(): Promise<ReturnType<typeof createCaller>> {
  return createCaller(createContext(await headers()));
}

/** Null where the server has no such thing for this visitor. */
export async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TRPCError && ['NOT_FOUND', 'UNAUTHORIZED', 'FORBIDDEN'].includes(error.code))
      return null;
    throw error;
  }
}
