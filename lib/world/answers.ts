import type { Answer } from './question';

type Words = Extract<Answer, { kind: 'words' }>;

/** Answers with all the forms that say the same, the canonical one first. */

const words = (first: string, ...more: readonly string[]): Words => ({
  kind: 'words',
  forms: [first, ...new Set(more.filter((form) => form !== first))],
});

const ONES = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** A whole number from 0 to 999 in words: "one hundred and twenty-five". */
export function numberWord(n: number): string {
  if (n < 20) return ONES[n] ?? String(n);
  if (n < 100) return (TENS[Math.floor(n / 10)] ?? '') + (n % 10 > 0 ? `-${ONES[n % 10]}` : '');
  const rest = n % 100;
  return `${ONES[Math.floor(n / 100)]} hundred${rest > 0 ? ` and ${numberWord(rest)}` : ''}`;
}

/** The number in digits and in words, bare and with each of the units that it may be given in. */
export function numberAnswer(n: number, units: readonly string[] = []): Answer {
  const inWords = numberWord(n);
  const spoken = [inWords, inWords.replaceAll('-', ' '), inWords.replace(' and ', ' ')];
  return words(
    String(n),
    ...spoken,
    ...units.flatMap((unit) =>
      unit === '°' ? [`${n}°`] : [String(n), ...spoken].map((number) => `${number} ${unit}`),
    ),
  );
}

export const yesNo = (yes: boolean): Answer => words(yes ? 'yes' : 'no');

export const textAnswer = (text: string, ...others: readonly string[]): Answer => words(text, ...others);

export const letterOf = (option: number): string => String.fromCharCode(65 + option);

/** The right option's letter, its text, or both. */
export function choiceAnswer(options: readonly string[], right: number): Words {
  const letter = letterOf(right);
  const text = options[right] ?? letter;
  return words(
    `(${letter})`,
    letter,
    `${letter})`,
    `${letter}.`,
    text,
    `the ${text}`,
    ...[`(${letter})`, letter, `${letter})`, `${letter}.`, `${letter}:`].map((mark) => `${mark} ${text}`),
  );
}

/** How an answer is named in the last step of a reasoning: the canonical form, with its text where it is a choice. */
export const concluded = (answer: Answer, options?: readonly string[]): string => {
  if (answer.kind === 'box') return `[${answer.box.join(', ')}]`;
  const [first] = answer.forms;
  const text = options?.[first.charCodeAt(1) - 65];
  return text === undefined ? first : `${first} ${text}`;
};
