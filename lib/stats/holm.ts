/**
 * The p-values of a family of comparisons, corrected so that among all that are only chance one or more fall below a level
 * with that probability at most (Holm, Scandinavian Journal of Statistics 1979, 6:65). In the order given; never smaller.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.entries()].sort(([, a], [, b]) => a - b);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let greatest = 0;
  for (const [rank, [index, p]] of order.entries()) {
    greatest = Math.max(greatest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = greatest;
  }
  return adjusted;
}
