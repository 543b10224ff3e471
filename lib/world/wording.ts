import { letterOf } from './answers';
import type { Question, QuestionDraft, Task } from './question';
import type { Random } from './random';
import { type Split, splitOf } from './scene';

/** How many of a kind's wordings, counted from the last, are kept for test and test-hard. */
export const HELD_OUT_WORDINGS = 2;

/** As CV-Bench puts it between a question and its choices. */
const CHOOSE = 'Select from the following choices.';

/** Puts a question into words: one of its wordings, filled in, with the choices after it where it has some. */
export function worded(task: Task, random: Random, draft: QuestionDraft): Question {
  const { wordings, values, options = null, ...rest } = draft;
  const phrasing = pickPhrasing(splitOf(random.seed), random, wordings.length);
  const text = withChoices(filled(wordings[phrasing.index] ?? '', values), options);
  return { task, ...rest, text, values, options, phrasing };
}

export function withChoices(asked: string, options: Question['options']): string {
  const choices = options?.map((option, i) => `\n(${letterOf(i)}) ${option}`);
  return choices ? `${asked} ${CHOOSE}${choices.join('')}` : asked;
}

/**
 * Training and validation take the first wordings; test takes from all, half of the time a held-out one; test-hard takes
 * held-out ones only.
 */
function pickPhrasing(split: Split, random: Random, count: number): Question['phrasing'] {
  const seen = count - HELD_OUT_WORDINGS;
  const heldOut = split === 'test-hard' || (split === 'test' && random.chance(0.5));
  return { index: heldOut ? random.int(seen, count - 1) : random.int(0, seen - 1), seen: !heldOut };
}

/** Fills `{name}` in a template, and makes the first letter a capital. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return capital(template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `{${name}}`));
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "a, b and c" */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

export const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** "10 + 44 = 54. 54 + 48 = 102." One addition at a time, as one does it in the head. */
export const added = (numbers: readonly number[]): string => stepwise('+', numbers);

/** "180 - 42 = 138. 138 - 44 = 94." */
export const subtracted = (numbers: readonly number[]): string => stepwise('-', numbers);

function stepwise(sign: '+' | '-', [first = 0, ...others]: readonly number[]): string {
  let sum = first;
  const steps = others.map((number) => {
    const before = sum;
    sum += sign === '+' ? number : -number;
    return `${before} ${sign} ${number} = ${sum}.`;
  });
  return steps.join(' ');
}

/** "16 * 10 = 160. 16 * 3 = 48. 160 + 48 = 208." Tens and ones apart where both numbers have two digits. */
export function multiplied(a: number, b: number): string {
  const ones = b % 10;
  const tens = b - ones;
  if (a < 10 || tens === 0 || ones === 0) return `${a} * ${b} = ${a * b}.`;
  return `${a} * ${tens} = ${a * tens}. ${a} * ${ones} = ${a * ones}. ${added([a * tens, a * ones])}`;
}

/** "14 * 9 = 126. 126 / 2 = 63." */
export const halfOfProduct = (a: number, b: number): string => `${multiplied(a, b)} ${halved(a * b)}`;

/** "126 / 2 = 63." */
export const halved = (n: number): string => `${n} / 2 = ${n / 2}.`;

/** a * b / c in small numbers, as what is named: "39 : 26 = 3 : 2, and 14 / 2 = 7. EC = 7 * 3 = 21." */
export function inProportion(name: string, a: number, b: number, c: number): string {
  const common = commonDivisor(b, c);
  const [over, under] = [b / common, c / common];
  if (under === 1) return `${b} / ${c} = ${over}. ${name} = ${a} * ${over} = ${a * over}.`;
  const shortened = `${b} : ${c} = ${over} : ${under}`;
  const part = a / under;
  if (over === 1) return `${shortened}. ${name} = ${a} / ${under} = ${part}.`;
  return `${shortened}, and ${a} / ${under} = ${part}. ${name} = ${part} * ${over} = ${part * over}.`;
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
