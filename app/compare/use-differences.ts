'use client';

import { useEffect, useRef, useState } from 'react';
import type { DifferencesReply, DifferencesRequest } from './differences-worker';

/** How outputs differ from the baseline's, once a worker has found it; null until then, and where it is not wished. */
export function useDifferences(
  key: string,
  outputs: readonly (string | null)[],
  baseline: number,
  wished: boolean,
): DifferencesReply['differences'] | null {
  const worker = useRef<Worker>(null);
  const asked = useRef(0);
  const [found, setFound] = useState<{ key: string; differences: DifferencesReply['differences'] } | null>(
    null,
  );
  useEffect(
    () => () => {
      worker.current?.terminate();
      worker.current = null;
    },
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `outputs` is a new list at each drawing, and megabytes to compare; `key` changes exactly when they do
  useEffect(() => {
    const first = outputs[baseline];
    if (!wished || first === null || first === undefined) return;
    asked.current += 1;
    const number = asked.current;
    worker.current ??= new Worker(new URL('./differences-worker.ts', import.meta.url), { type: 'module' });
    worker.current.onmessage = ({ data }: MessageEvent<DifferencesReply>) => {
      if (data.number === asked.current) setFound({ key, differences: data.differences });
    };
    worker.current.postMessage({
      number,
      baseline: first,
      others: outputs.map((output, place) => (place === baseline ? null : output)),
    } satisfies DifferencesRequest);
  }, [key, baseline, wished]);
  return wished && found?.key === key ? found.differences : null;
}
