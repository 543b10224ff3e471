import { cache } from 'react';
import type { SampleDetail } from '@/server/evals/types';
import { api, orNull } from '../trpc/server';

/** What the pages of a run read on the server. */

export const readRun = cache(async (id: string) => orNull((await api()).runs.get({ id })));

/** A longer output is cut in the page; the browser then reads the whole. */
const OUTPUT_IN_PAGE = 50_000;

export const isWhole = ({ output }: SampleDetail): boolean =>
  output === null || output.length <= OUTPUT_IN_PAGE;

export const cut = (detail: SampleDetail): SampleDetail => ({
  ...detail,
  output: detail.output?.slice(0, OUTPUT_IN_PAGE) ?? null,
});
