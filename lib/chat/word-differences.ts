type Range = readonly [start: number, end: number];

/** A text of more words is not compared: the table has a cell for each pair. */
const MOST_WORDS = 800;
/** With less in common than this, two texts are different ones, and marking most of a text tells nothing. */
const LEAST_SHARED = 0.4;

const wordsOf = (text: string) =>
  [...text.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)].map(({ index, 0: word }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));

/**
 * Which words of a text do not stand in another, in order (what a longest common subsequence leaves over), neighbours
 * joined. Null where the two have little in common or are too long to compare.
 */
export function newWords(text: string, other: string): Range[] | null {
  const after = wordsOf(text);
  const before = wordsOf(other);
  if (after.length > MOST_WORDS || before.length > MOST_WORDS || after.length === 0) return null;

  // common[i][j]: how many words the rest of `after` from i and the rest of `before` from j share.
  const width = before.length + 1;
  const common = new Uint16Array((after.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = after.length - 1; i >= 0; i--)
    for (let j = before.length - 1; j >= 0; j--)
      common[i * width + j] =
        after[i]?.word === before[j]?.word ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  if (at(0, 0) < LEAST_SHARED * Math.max(after.length, before.length)) return null;

  const ranges: Range[] = [];
  let j = 0;
  let joins = false;
  for (const [i, { word, start, end }] of after.entries()) {
    while (j < before.length && before[j]?.word !== word && at(i, j) === at(i, j + 1)) j++;
    const shared = before[j]?.word === word && at(i, j) === at(i + 1, j + 1) + 1;
    if (shared) j++;
    else {
      const last = joins ? ranges.pop() : undefined;
      ranges.push([last?.[0] ?? start, end]);
    }
    joins = !shared;
  }
  return ranges;
}
