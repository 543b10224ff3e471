import type { Random } from './random';
import type { Split } from './scene';

/** How many of a kind's wordings, counted from the last, are kept for test and test-hard. */
export const HELD_OUT_WORDINGS = 2;

/**
 * Picks a wording. Training and validation take the first ones; test takes from all, half of the time a held-out one;
 * test-hard takes held-out ones only.
 */
export function pickWording(
  split: Split,
  random: Random,
  wordings: readonly string[],
): { index: number; seen: boolean; template: string } {
  const seenCount = wordings.length - HELD_OUT_WORDINGS;
  const heldOut = split === 'test-hard' || (split === 'test' && random.chance(0.5));
  const index = heldOut ? random.int(seenCount, wordings.length - 1) : random.int(0, seenCount - 1);
  return { index, seen: !heldOut, template: wordings[index] ?? '' };
}

/** Fills `{name}` in a template, and makes the first letter a capital. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `{${name}}`);
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}

/** "a, b and c" */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

export const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
