'use client';

import type { ComponentProps, ComponentType } from 'react';
import { PartMissing, usePart } from '../ui/part';
import type { JudgeButton as Judge } from './judge-button';
import type { RescoreButton as Rescore } from './rescore-button';
import type { RunDecision as Decision } from './run-decision';
import type { ScoringProgress } from './scoring-progress';

/**
 * What only a writer sees of a run, loaded where it is shown: most visitors read. It is not in the server's page, so
 * that no button stands there before it does anything.
 */

const loadDecision = async () => ({ Part: (await import('./run-decision')).RunDecision });
const loadRescore = async () => ({ Part: (await import('./rescore-button')).RescoreButton });
const loadJudge = async () => ({ Part: (await import('./judge-button')).JudgeButton });
const loadProgress = async () => ({ Part: (await import('./run-progress')).RunProgress });

function Loaded<Props extends object>({
  load,
  props,
}: {
  load: () => Promise<{ Part: ComponentType<Props> }>;
  props: Props;
}) {
  const { part, error, retry } = usePart(load);
  if (error !== null) return <PartMissing error={error} retry={retry} />;
  return part && <part.Part {...props} />;
}

export const RunDecision = (props: ComponentProps<typeof Decision>) => (
  <Loaded load={loadDecision} props={props} />
);
export const RescoreButton = (props: ComponentProps<typeof Rescore>) => (
  <Loaded load={loadRescore} props={props} />
);
export const JudgeButton = (props: ComponentProps<typeof Judge>) => <Loaded load={loadJudge} props={props} />;
export const RunProgress = (props: Omit<ComponentProps<typeof ScoringProgress>, 'onDone'>) => (
  <Loaded load={loadProgress} props={props} />
);
