import type { PythonNumber } from '@/lib/python/arithmetic';
import { pythonFloat, pythonStr, roundHalfEven } from '@/lib/python/numbers';
import { strip } from '@/lib/python/text';
import { latexValue } from '@/lib/scoring/latex-value';
import type { Scorer } from '@/lib/scoring/scorer';
import type { TextSpan } from '@/lib/text-span';

/** MATH-V's own evaluation (evaluation/evaluate.py and utils.py at a1f5cc3): rules only, no judge. */
export const mathVisionOfficial: Scorer = {
  id: 'math-vision/official@a1f5cc3a.2',
  label: 'Official',
  rule: 'Rules look for the answer: a letter that ends or begins the output, a number after the last “is”, what follows “the answer is”, or what is boxed; it is cleaned of spaces, units, degrees and LaTeX’s decoration. It is right where it is the true answer or the text of the true choice, as written in lower case, or as a number to two decimals by latex2sympy2 1.9.1. No judge model.',
  upstream: {
    repository: 'https://github.com/mathllm/MATH-V',
    commit: 'a1f5cc3add200c0cd080fad463e500f44ef1fb41',
    path: 'evaluation/evaluate.py',
  },
  score({ gold, options }, output) {
    const letter = String(gold);
    const choice = options?.[letter.charCodeAt(0) - 65] ?? '';
    const { answer, span } = extractAnswer(output);
    if (answer === '' || span === null)
      return { correct: false, answer: null, reason: 'the rules find no answer', span: null };
    const right = [letter, choice].find((text) => isEqual(text, answer));
    const named = choice === '' || choice === letter ? letter : `${letter}, ${short(choice)}`;
    return {
      correct: right !== undefined,
      answer,
      reason: `${short(answer)} is ${right === undefined ? 'not ' : ''}the true answer, ${named}`,
      span,
    };
  },
};

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const FLAGS = ['the final answer is', 'the answer is', 'the correct answer is', 'the answer should be'];

/** The text of the answer, and where in the output it was taken from (null where there is none). */
export function extractAnswer(output: string): { answer: string; span: TextSpan | null } {
  let text = strip(output);
  for (const letter of 'ABCDE') {
    const ends = text.endsWith(` ${letter}.`) || text.endsWith(` (${letter}).`);
    const starts = [`${letter}\n`, `(${letter})\n`, `(${letter}) ${letter}\n`].some((start) =>
      text.startsWith(start),
    );
    if (ends || starts) text = letter;
  }
  const number = afterLast(text, 'is ').replace(/\.+$/, '');
  if (pythonFloat(number) !== null) text = number;
  if (!text.includes('oxed{')) {
    for (const flag of FLAGS.flatMap((each) => [each, each.replace('the', 'The')])) {
      if (!text.includes(flag)) continue;
      const [line = ''] = strip(afterLast(text, flag)).split('\n', 1);
      [text = ''] = line.split('. ', 1);
    }
    text = strip(text);
  } else if (text.indexOf('oxed{') !== text.lastIndexOf('oxed{')) {
    text = `\\boxed{${afterLast(text, 'oxed{')}`;
  }
  const content = boxContent(text.toLowerCase().replaceAll('{}', ''));
  const answer = strip(
    cleaned(content)
      .replace(/\(([a-e])\)/g, '$1')
      .replace(/\{([a-e])\}/g, '$1')
      .replace(/\.+$/, '')
      .replace(/^:+/, ''),
  );
  return { answer, span: answer === '' ? null : spanOf(output, content, text) };
}

const afterLast = (text: string, mark: string): string => {
  const at = text.lastIndexOf(mark);
  return at < 0 ? text : text.slice(at + mark.length);
};

/** What stands in the box, up to the last brace of all; the whole text where there is no box. */
function boxContent(text: string): string {
  const open = text.indexOf('oxed{');
  const close = text.lastIndexOf('}');
  let content = open >= 0 && close >= open + 5 ? text.slice(open + 5, close) : text;
  const brace = content.indexOf('}');
  const inner = content.indexOf('{');
  if (brace >= 0 && (inner < 0 || brace < inner)) content = content.slice(0, brace);
  return content;
}

/** Where the content was found, the last place that has it; else where the text before its cleaning stands. */
function spanOf(output: string, content: string, text: string): TextSpan | null {
  for (const part of [strip(content), text]) {
    const at = part === '' ? -1 : output.toLowerCase().lastIndexOf(part.toLowerCase());
    if (at >= 0 && at + part.length <= output.length) return [at, at + part.length];
  }
  return output === '' ? null : [0, output.length];
}

/** `find_math_answer` after the box, and `_strip_string`. */
function cleaned(content: string): string {
  let text = afterLast(afterLast(content, '='), '\\approx')
    .replaceAll(' ', '')
    .replaceAll('\\,', '')
    .replaceAll('∞', '\\infty')
    .replaceAll('+\\infty', '\\infty')
    .replaceAll('\\\\', '\\')
    .replaceAll('\n', '')
    .replaceAll('\\text', '')
    .replaceAll('\\mbox', '')
    .replaceAll('bmatrix', 'pmatrix')
    .replaceAll('\\left', '')
    .replaceAll('\\right', '')
    .replaceAll('^{\\circ}', '')
    .replaceAll('^\\circ', '')
    .replaceAll('{m}^3', '')
    .replaceAll('m^3', '')
    .replaceAll('{units}', '')
    .replaceAll('units', '')
    .replaceAll('{km}', '')
    .replaceAll('km', '')
    .replaceAll('\\!', '')
    .replaceAll('\\\\', '\\')
    .replaceAll('tfrac', 'frac')
    .replaceAll('dfrac', 'frac')
    .replaceAll('\\left', '')
    .replaceAll('\\right', '')
    .replaceAll('^{\\circ}', '')
    .replaceAll('^\\circ', '')
    .replaceAll('\\$', '')
    .replaceAll('$', '')
    .replaceAll('\\%', '')
    .replaceAll('{.', '{0.');
  if (text.startsWith('.')) text = `0${text}`;
  const [, approximate, ...more] = text.split('\\approx');
  if (approximate !== undefined && more.length === 0) text = approximate;
  if (text.includes('sqrt')) text = bracedFractions(bracedRoots(text));
  if (text === '0.5') return '\\frac{1}{2}';
  const [, top, bottom] = /^(0|-?[1-9][0-9]*)\/(0|-?[1-9][0-9]*)$/.exec(text) ?? [];
  return top === undefined ? text : `\\frac{${top}}{${bottom}}`;
}

/** `\sqrt3` becomes `\sqrt{3}`. */
const bracedRoots = (text: string): string => text.replace(/\\sqrt([^{])/gu, '\\sqrt{$1}');

/** `\frac12` becomes `\frac{1}{2}`; upstream does so only in a text with a root. */
function bracedFractions(text: string): string {
  const [first = '', ...rest] = text.split('\\frac');
  let fixed = first;
  for (const part of rest) {
    const [top, bottom, ...more] = part;
    if (top === '{') fixed += `\\frac${part}`;
    else if (top === undefined || bottom === undefined) return text;
    else fixed += `\\frac{${top}}${bottom === '{' ? bottom : `{${bottom}}`}${more.join('')}`;
  }
  return fixed;
}

/** `is_equal`: as texts, as lists of numbers, or as numbers to two decimals. */
export function isEqual(gold: string, answer: string): boolean {
  const wanted = gold.toLowerCase();
  const given = answer.toLowerCase();
  if (wanted.replaceAll(' ', '') === '' || given.replaceAll(' ', '') === '') return false;
  if (strip(wanted) === strip(given)) return true;
  const [a, b] = [evaluatedTuple(wanted), evaluatedTuple(given)];
  if (a === b) return true;
  const [x, y] = [latexValue(a), latexValue(b)];
  if (x === null || y === null) return false;
  const [first, second] = [rounded(x), rounded(y)];
  // (A bigint and a number are compared by value.)
  return first >= second && first <= second;
}

/** `round(value, 2)` */
const rounded = (value: PythonNumber): PythonNumber =>
  typeof value === 'bigint' ? value : roundHalfEven(value, 2);

/** `(1/2, 3)` with its members as numbers to two decimals; the text itself where one is none. */
function evaluatedTuple(tuple: string): string {
  const brackets = `${tuple[0]}${tuple.at(-1)}`;
  const members = tuple.slice(1, -1).split(',');
  if ((brackets !== '()' && brackets !== '[]') || members.length < 2 || tuple.length > 2_000) return tuple;
  const values: string[] = [];
  for (const text of members) {
    if (text.includes('infty') || text === 'a' || text === '-a') values.push(text);
    else {
      const value = latexValue(text);
      if (value === null) return tuple;
      const member = rounded(value);
      values.push(typeof member === 'bigint' ? String(member) : pythonStr(member));
    }
  }
  return `${brackets[0]}${values.join(',')}${brackets[1]}`;
}
