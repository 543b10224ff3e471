/** Levenshtein's distance in code points; O(a · b) in time, O(b) in memory. */
export function editDistance(a: string, b: string): number {
  const [long, short] = [[...a], [...b]];
  let row = Array.from({ length: short.length + 1 }, (_, i) => i);
  for (const [i, character] of long.entries()) {
    const next = [i + 1];
    let left = i + 1;
    for (const [j, other] of short.entries()) {
      left = Math.min(left + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + Number(character !== other));
      next.push(left);
    }
    row = next;
  }
  return row[short.length] ?? 0;
}
