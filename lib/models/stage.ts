/**
 * Where in the recipe's training a checkpoint stands: what the training started from, after stage 1 (reasoning), after
 * stage 2 (perception). A model that has no part in it has none: null wherever a stage may be missing.
 */
export const STAGES = ['base', 'stage1', 'stage2'] as const;
export type Stage = (typeof STAGES)[number];

/** As addresses and the CLI write it, and wrote it before: a stage's name or its number. Null for all else. */
export function readStage(text: string): Stage | null {
  return STAGES.find((stage, number) => text === stage || text === String(number)) ?? null;
}

/** 0, 1 or 2: its number in the recipe and in exported tables. */
export function stageNumber(stage: Stage): number {
  return STAGES.indexOf(stage);
}
