import 'server-only';

import { headers } from 'next/headers';
import { createContext } from '@/server/trpc/init';
import { createCaller } from '@/server/trpc/router';

/** The one place where pages reach the server: the same procedures as the browser's, called without HTTP. */
export async function api(): Promise<ReturnType<typeof createCaller>> {
  return createCaller(createContext(await headers()));
}
