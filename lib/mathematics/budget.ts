/**
 * Work is counted, not timed, so that a verdict does not depend on the machine. Upstream gives up after five seconds;
 * here reading and comparing give up after so many steps, and what gives up is no answer, or not equal.
 */
export class Undecided extends Error {}

/** Steps of about a microsecond each. */
export const READING = 2_000_000;
export const COMPARING = 400_000;
/** No exact number grows beyond this: larger ones are compared as floating-point numbers or not at all. */
export const MAX_BITS = 20_000;

let left = COMPARING;

export const refill = (steps: number): void => {
  left = steps;
};

/** @throws Undecided where no steps are left */
export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new Undecided('it takes too long');
}
