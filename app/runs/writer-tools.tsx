'use client';

import { type ComponentProps, lazy, Suspense } from 'react';
import type { JudgeButton as Judge } from './judge-button';
import type { RescoreButton as Rescore } from './rescore-button';
import type { RunDecision as Decision } from './run-decision';
import type { ScoringProgress as Progress } from './scoring-progress';

/** What only a writer sees of a run, loaded where it is shown: most visitors read. */

const LazyDecision = lazy(async () => ({ default: (await import('./run-decision')).RunDecision }));
const LazyRescore = lazy(async () => ({ default: (await import('./rescore-button')).RescoreButton }));
const LazyJudge = lazy(async () => ({ default: (await import('./judge-button')).JudgeButton }));
const LazyProgress = lazy(async () => ({ default: (await import('./run-progress')).RunProgress }));

export const RunDecision = (props: ComponentProps<typeof Decision>) => (
  <Suspense>
    <LazyDecision {...props} />
  </Suspense>
);
export const RescoreButton = (props: ComponentProps<typeof Rescore>) => (
  <Suspense>
    <LazyRescore {...props} />
  </Suspense>
);
export const JudgeButton = (props: ComponentProps<typeof Judge>) => (
  <Suspense>
    <LazyJudge {...props} />
  </Suspense>
);
export const RunProgress = (props: Omit<ComponentProps<typeof Progress>, 'onDone'>) => (
  <Suspense>
    <LazyProgress {...props} />
  </Suspense>
);
