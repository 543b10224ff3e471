import { type Differences, differencesOf } from './differences';

/** Compares outputs away from the page: they may be long, and nothing is to wait for them. */

export interface DifferencesRequest {
  number: number;
  baseline: string;
  /** Null for the baseline itself, and where there is no output. */
  others: readonly (string | null)[];
}

export interface DifferencesReply {
  number: number;
  differences: readonly (Differences | null)[];
}

self.onmessage = ({ data: { number, baseline, others } }: MessageEvent<DifferencesRequest>) => {
  const differences = others.map((other) => (other === null ? null : differencesOf(baseline, other)));
  self.postMessage({ number, differences } satisfies DifferencesReply);
};
