import { expect, test, vi } from 'vitest';
import { TASKS } from './question';
import { SPLITS, seedIn } from './scene';
import { HELD_OUT_WORDINGS } from './wording';
import { ask } from './world';

const wordings = vi.hoisted(() => new Map<string, readonly string[]>());
vi.mock(import('./wording'), async (original) => {
  const wording = await original();
  return {
    ...wording,
    worded: (task, random, draft) => {
      wordings.set(draft.kind, draft.wordings);
      return wording.worded(task, random, draft);
    },
  };
});

const PER_SPLIT = {
  counting: 40,
  existence: 25,
  relation: 15,
  depth: 15,
  distance: 15,
  referring: 15,
} as const;

test('every kind has eight wordings or more in training, and two others in the test splits only', () => {
  const perSplit: Partial<Record<string, number>> = PER_SPLIT;
  for (const task of TASKS)
    for (const split of SPLITS)
      for (let n = 0; n < (perSplit[task] ?? 120); n++) {
        const { kind, phrasing } = ask(task, seedIn(split, n), 112).question;
        const heldOut = phrasing.index >= (wordings.get(kind)?.length ?? 0) - HELD_OUT_WORDINGS;
        expect(phrasing.seen).toBe(!heldOut);
        if (split === 'train' || split === 'val') expect(heldOut).toBe(false);
        if (split === 'test-hard') expect(heldOut).toBe(true);
      }
  for (const [kind, some] of wordings) {
    expect(some.length - HELD_OUT_WORDINGS, kind).toBeGreaterThanOrEqual(8);
    expect(new Set(some).size, kind).toBe(some.length);
  }
  // So many kinds there are in all: one that is no longer met would be missed here.
  expect(wordings.size).toBe(KIND_COUNT);
});

const KIND_COUNT = 73;
