import { TRPCError } from '@trpc/server';
import { cache } from 'react';
import type { SampleDetail } from '@/server/evals/types';
import { api } from '../trpc/server';

/** What the pages of a run read on the server. */

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

export const readRun = cache(async (id: string) => orNull((await api()).runs.get({ id })));

/** A longer output is cut in the page; the browser then reads the whole. */
const OUTPUT_IN_PAGE = 50_000;

export const isWhole = ({ output }: SampleDetail): boolean =>
  output === null || output.length <= OUTPUT_IN_PAGE;

export const cut = (detail: SampleDetail): SampleDetail => ({
  ...detail,
  output: detail.output?.slice(0, OUTPUT_IN_PAGE) ?? null,
});
