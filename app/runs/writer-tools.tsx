'use client';

import { type ComponentProps, type ComponentType, useEffect, useState } from 'react';
import type { JudgeButton as Judge } from './judge-button';
import type { RescoreButton as Rescore } from './rescore-button';
import type { RunDecision as Decision } from './run-decision';
import type { ScoringProgress } from './scoring-progress';

/**
 * What only a writer sees of a run, loaded where it is shown: most visitors read. It is not in the server's page, so
 * that no button stands there before it does anything.
 */

function useLoaded<Props>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> | null {
  const [loaded, setLoaded] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    void load().then((component) => setLoaded(() => component));
  }, [load]);
  return loaded;
}

const loadDecision = async () => (await import('./run-decision')).RunDecision;
const loadRescore = async () => (await import('./rescore-button')).RescoreButton;
const loadJudge = async () => (await import('./judge-button')).JudgeButton;
const loadProgress = async () => (await import('./run-progress')).RunProgress;

export function RunDecision(props: ComponentProps<typeof Decision>) {
  const Loaded = useLoaded(loadDecision);
  return Loaded && <Loaded {...props} />;
}

export function RescoreButton(props: ComponentProps<typeof Rescore>) {
  const Loaded = useLoaded(loadRescore);
  return Loaded && <Loaded {...props} />;
}

export function JudgeButton(props: ComponentProps<typeof Judge>) {
  const Loaded = useLoaded(loadJudge);
  return Loaded && <Loaded {...props} />;
}

export function RunProgress(props: Omit<ComponentProps<typeof ScoringProgress>, 'onDone'>) {
  const Loaded = useLoaded(loadProgress);
  return Loaded && <Loaded {...props} />;
}
