import type { SceneRef, Truth, Turn } from '@/lib/chat/conversation';

/** The two ends of the recipe, as they stand side by side on the front page. */
export const SIDES = ['base', 'stage2'] as const;
export type Side = (typeof SIDES)[number];

/** A question about a scene, as it is asked of both. */
export interface Asked extends Pick<Turn, 'question' | 'promptId'> {
  scene: SceneRef;
  truth: Truth;
  /** Where the scene's pixels lie painted; left out, the browser paints them. */
  painted?: string;
}

/** What one of them says to it: all of it, or as far as it is written. */
export interface Said {
  text: string;
  ended: boolean;
  /** In whose pixels it has its places; null before it has begun. */
  frame: { width: number; height: number } | null;
}

/** Where the answers that stand there come from. */
export type Origin =
  /** The published evaluation. */
  | { kind: 'recorded' }
  /** This browser is at it. */
  | { kind: 'asking' }
  /** This browser, after so many ms. */
  | { kind: 'live'; ms: number }
  /** Why this browser did not answer. */
  | { kind: 'failed'; reason: string };
