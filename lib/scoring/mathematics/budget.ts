/**
 * Work is counted, not timed, so that a verdict does not depend on the machine. Upstream gives up after five seconds;
 * here a comparison gives up after so many steps, and what gives up is not equal.
 */
export class Undecided extends Error {}

/** Steps of about a microsecond each. */
const STEPS = 400_000;
/** No exact number grows beyond this: larger ones are compared as floating-point numbers or not at all. */
export const MAX_BITS = 20_000;

let left = STEPS;

export const refill = (): void => {
  left = STEPS;
};

export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new Undecided('the comparison takes too long');
}
