'use client';

import type { ComponentProps } from 'react';
import { TrpcProvider } from '../trpc/client';
import { ScoringProgress } from './scoring-progress';

/** A scoring on the page of its run. */
export const RunProgress = (props: ComponentProps<typeof ScoringProgress>) => (
  <TrpcProvider>
    <ScoringProgress {...props} />
  </TrpcProvider>
);
