import { reflections } from '@/lib/reasoning/reflection';
import { sections } from '@/lib/reasoning/sections';

/** How runs answer, beside whether they are right. */

export interface OutputTraits {
  /** UTF-16 units. */
  length: number;
  /** `<think>…</think>` and `<answer>…</answer>`, once each, in that order, and nothing around them. */
  wellFormed: boolean;
  /** It ends within its thinking or its answer. */
  truncated: boolean;
  /** It says that it looks again: the words that the trainer counts. */
  reflects: boolean;
}

/** @param output its beginning, where the whole is `length` units long */
export function traitsOf(output: string, length: number): OutputTraits {
  const parts = sections(output);
  const [thinking, answer] = parts;
  const whole = length === output.length;
  return {
    length,
    wellFormed:
      whole &&
      parts.length === 2 &&
      thinking?.kind === 'thinking' &&
      thinking.closed &&
      answer?.kind === 'answer' &&
      answer.closed &&
      output.trimStart().startsWith('<think>'),
    truncated: whole && parts.at(-1)?.closed === false,
    reflects: reflections(output).length > 0,
  };
}

/** A run's outputs with what was found in them, in the data's order; null for a sample without one. */
export type RunTraits = readonly (({ answer: string | null } & OutputTraits) | null)[];

/** Counts of a group of samples that have an output. */
export interface Behaviour {
  outputs: number;
  meanLength: number;
  wellFormed: number;
  truncated: number;
  reflecting: number;
  /** Of those that reflect, and of those that do not: whose answer is another than the baseline's. Null of the baseline. */
  changed: { reflecting: number; others: number } | null;
}

/** Of a run over the given samples. @param baseline null for the baseline itself */
export function behaviourOf(run: RunTraits, baseline: RunTraits | null, places: Iterable<number>): Behaviour {
  const found = { outputs: 0, length: 0, wellFormed: 0, truncated: 0, reflecting: 0 };
  const changed = { reflecting: 0, others: 0 };
  for (const place of places) {
    const traits = run[place];
    if (!traits) continue;
    found.outputs += 1;
    found.length += traits.length;
    found.wellFormed += Number(traits.wellFormed);
    found.truncated += Number(traits.truncated);
    found.reflecting += Number(traits.reflects);
    const before = baseline?.[place];
    if (before !== null && before !== undefined && before.answer !== traits.answer)
      changed[traits.reflects ? 'reflecting' : 'others'] += 1;
  }
  const { length, ...counts } = found;
  return {
    ...counts,
    meanLength: found.outputs === 0 ? 0 : length / found.outputs,
    changed: baseline === null ? null : changed,
  };
}
