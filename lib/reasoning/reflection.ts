import file from '@/trainer/ocean_r1/reflection.json';

/**
 * What counts as reflection: phrases by which an output says that it looks back at its own reasoning. They stand in one file,
 * by which the trainer counts too (trainer/ocean_r1/reflection.py), so that what is marked on a page is what its figure means.
 */
export const REFLECTION = file.categories;
export type ReflectionCategory = (typeof REFLECTION)[number];

/** What stands for something else in a phrase; all other characters stand for themselves. */
const PARTS: Readonly<Record<string, string>> = {
  '*': '\\w{0,20}',
  '-': '[-\\s]?',
  "'": "['’]",
  ' ': '\\s+',
  ' … ': '\\b[^.!?\\n]{0,60}?\\b',
};

/** Finds any of some phrases, where words begin and end; null of none. */
export function patternOf(phrases: readonly string[]): RegExp | null {
  if (phrases.length === 0) return null;
  const alternatives = phrases.map(
    (phrase) =>
      phrase
        .split(/( … |[*\-' ])/)
        .map((part) => PARTS[part] ?? part.replace(/[^\w\s]/g, '\\$&'))
        .join('') + (/[\w*]$/.test(phrase) ? '\\b' : ''),
  );
  return new RegExp(`\\b(?:${alternatives.join('|')})`, 'gi');
}

const WORD = "[a-z0-9]+(?:[-'][a-z0-9]+)*\\*?[,.!?:;]?";
const PHRASE = new RegExp(`^${WORD}(?: ${WORD})*(?: … ${WORD}(?: ${WORD})*)?$`);

/** Whether a text is a phrase that may be looked for: of 60 characters, with one gap at the most, so that it takes little time whoever wrote it. */
export const isPhrase = (text: string): boolean => text.length <= 60 && PHRASE.test(text);

const ALL = patternOf(REFLECTION.flatMap(({ phrases }) => phrases));

/** Where they stand, as UTF-16 offsets. */
export function reflections(text: string): (readonly [start: number, end: number])[] {
  return ALL === null
    ? []
    : [...text.matchAll(ALL)].map(({ index, 0: words }) => [index, index + words.length] as const);
}
