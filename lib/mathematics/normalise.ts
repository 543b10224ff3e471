import { isSpace, SPACES, strip } from '@/lib/python/text';

/**
 * How LaTeX is cleaned before it is read (latex2sympy2_extended 1.10.2, 0873506, math_normalization.py, as Math-Verify
 * 0.8.0 configures it).
 */

/** Longer contents are neither cleaned nor read: no answer to a multiple-choice question is, and time stays linear. */
const MAX_LENGTH = 2_000;

const S = `[${SPACES}]`;
/** A pattern in which `\s` is Python's. */
const regex = (source: string, flags = 'g') =>
  new RegExp(
    source.replace(/\\\\|\\s/g, (sequence) => (sequence === '\\s' ? S : sequence)),
    flags,
  );

const LEFT =
  /\\m?left(\\\{|\{|\\\||\||\[|\(|\\rbracl|\\lgroup|\\lbrace|\\lbrack|\\vert|\\lvert|\\lceil|\\lfloor|\\langle|\\llcorner|\\ulcorner)/g;
const RIGHT =
  /\\m?right(\\\}|\}|\\\||\||\]|\)|\\rbrack|\\rgroup|\\rbrace|\\vert|\\rvert|\\rceil|\\rfloor|\\rangle|\\lrcorner|\\urcorner)/g;
const PERMUTATION = /\(([a-zA-Z0-9+\-*/\\ ]+?)\)_\{([a-zA-Z0-9+\-*/\\ ]+?)\}/g;
const REMOVED = regex(String.raw`\\mathrm\{th\}|\\!\s*|\\text\s*\{\s*\}|\\\$|\$|(?<!\\)["']|\\displaystyle`);

/** One pass, the first alternative that matches at a place wins. */
const REPLACEMENTS: readonly [pattern: string, replacement: string][] = [
  [String.raw`\\math(?:rm|it|bf)`, '\\text'],
  [String.raw`\\text(?:normal|bf|it|rm)`, '\\text'],
  [String.raw`\\(?:d|t|c)frac`, '\\frac'],
  [String.raw`\s\.`, ' 0.'],
  [String.raw`\{\.`, '{0.'],
  ['~=', '\\approx'],
  [String.raw`\s*\{\s*,\s*\}`, ','],
  [String.raw`(?<![a-zA-Z])(?:,?\s*(?:and|or))(?![a-zA-Z])`, ','],
  [String.raw`,?\s*\\text\{\s*(?:and|or)\s*\}`, ','],
  [String.raw`(?<!\\)\\\s`, ' '],
  ['infinity', '\\infty'],
  [String.raw`,?\\ldots`, ' '],
  [String.raw`\s*percentage`, '\\%'],
  [String.raw`\\text\{percentage\}`, '\\%'],
  [String.raw`\s*percent`, '\\%'],
  [String.raw`\\text\{percent\}`, '\\%'],
  [String.raw`\s*pct`, '\\%'],
  [String.raw`\\text\{pct\}`, '\\%'],
  [String.raw`(?<!\\)inf(?!inity)`, '\\infty'],
  [' sqrt', '\\sqrt'],
];
const REPLACED = regex(REPLACEMENTS.map(([pattern]) => `(${pattern})`).join('|'), 'g');

/** Units that are dropped from the end of an answer, as upstream lists them (`.` stands for any character). */
const UNITS =
  'integerpoint|feet|sue|digit|pound|meal|edge|student|children ticket|multiple|east|degree|mph|kmph|ft|m square| m east|sq m|deg|mile|q .|monkey|prime|ratio|profit of rs|rd|o|gm|p . m|lb|tile|per|dm|lt|gain|ab|way|west|a .|b .|c .|d .|e .|f .|g .|h .|t|h|no change|men|soldier|pie|bc|excess|st|inches|noon|cent|by|gal|kmh|c|acre|rise|a . m|th|π r 2|sq|mark|l|toy|coin|sq . m|gallon|° f|profit|minw|yr|women|am|pm|hr|cu cm|square|v â € ™|are|rupee|rounds|cubic|cc|mtr|s|ohm|number|day|hour|minute|min|second|man|woman|sec|cube|mt|sq inch|mp|∏ cm ³|hectare|more|unit|cu . m|cm 2|rs .|rs|kg|g|month|km|m|cm|mm|apple|liter|loss|yard|pure|year|increase|decrease|d|less|Surface|litre|pi sq m|s .|metre|meter|inch';
const UNIT = regex(String.raw`([\p{Nd}}]|\s)\s*(?:${UNITS})(?:s|es)?\s*$`, 'u');
const TEXT_UNIT = /\\(?:text|mbox)\{.*?\}(?:\^\p{Nd}|\{\^\p{Nd}\})?\n?$/u;

const MALFORMED: readonly [RegExp, string][] = [
  [regex(String.raw`\^\s?\((.*?)\)`, 'g'), '^{$1}'],
  [regex(String.raw`sqrt\s?\((.*?)\)`, 'g'), '\\sqrt{$1}'],
  [regex(String.raw`\\frac\s?(\p{Nd})\s?(\p{Nd}+)`, 'gu'), '\\frac{$1}{$2}'],
  [regex(String.raw`\\log_\s?(\p{Nd})\s?(\p{Nd}+)`, 'gu'), '\\log_{$1}{$2}'],
  [regex(String.raw`\\frac\s?\{(.*?)\}\s?(\p{Nd})`, 'gu'), '\\frac{$1}{$2}'],
  [regex(String.raw`\\frac\s?(\p{Nd})\s?\{(.*?)\}`, 'gu'), '\\frac{$1}{$2}'],
  [regex(String.raw`\\sqrt\s?(\p{Nd})`, 'gu'), '\\sqrt{$1}'],
  [/ sqrt/g, '\\sqrt'],
];

/** `normalize_latex` with the configuration that `parse` uses. `boxes`: all boxed contents, or the last run of them. */
export function normaliseLatex(latex: string, boxes: 'all' | 'last'): string {
  let text = plainLatex(latex, boxes);
  if (text.length > MAX_LENGTH) return text;
  text = strip(text.replace(TEXT_UNIT, '')) || text;
  for (let pass = 0; pass < 2; pass++) text = text.replace(UNIT, '$1') || text;

  if (text.startsWith('.')) text = `0${text}`;
  if (text === '0.5') text = '\\frac{1}{2}';
  for (const [pattern, replacement] of MALFORMED) text = text.replace(pattern, replacement);
  return strip(slashFraction(bracedFractions(bracedRoots(text))));
}

/** `normalize_latex` as `latex2sympy` calls it by itself: the boxes' contents in plainer LaTeX, units and all. */
export const basicLatex = (latex: string, boxes: 'all' | 'last'): string => strip(plainLatex(latex, boxes));

function plainLatex(latex: string, boxes: 'all' | 'last'): string {
  const content = boxedContent(latex, boxes);
  if (content.length > MAX_LENGTH) return strip(content);
  const text = content
    .replaceAll('\\mathrm{T}', 'T')
    .replaceAll('\\mathrm{d}', 'd')
    .replaceAll('{\\rm d}', 'd')
    .replaceAll('\\left[\\begin{matrix}', '\\begin{bmatrix}')
    .replaceAll('\\end{matrix}\\right]', '\\end{bmatrix}')
    .replace(LEFT, '$1')
    .replace(RIGHT, '$1')
    .replace(PERMUTATION, '\\frac{($1)!}{(($1)-($2))!}')
    .replace(REMOVED, '')
    .replace(REPLACED, (...groups: unknown[]) => {
      const which = groups.slice(1, REPLACEMENTS.length + 1).findIndex((group) => group !== undefined);
      return REPLACEMENTS[which]?.[1] ?? '';
    })
    .replace(/[\n\t]/g, ' ');
  return text.includes('matrix') ? text : text.replace(/\\\\(?=[a-zA-Z])/g, '\\');
}

const trimStart = (text: string): string => text.replace(new RegExp(`^${S}+`), '');

/** `\sqrt3` -> `\sqrt{3}` */
function bracedRoots(text: string): string {
  const [first = '', ...rest] = text.split('\\sqrt');
  return (
    first +
    rest
      .map(trimStart)
      .map((part) => (/^[^{[]/.test(part) ? `\\sqrt{${part[0]}}${part.slice(1)}` : `\\sqrt${part}`))
      .join('')
  );
}

/** `\frac12` -> `\frac{1}{2}`; a fraction that lacks its parts leaves the text as it is. */
function bracedFractions(text: string): string {
  const [first = '', ...rest] = text.split('\\frac');
  let fixed = first;
  for (const part of rest.map(trimStart)) {
    if (part.startsWith('{')) fixed += `\\frac${part}`;
    else if (part.length < 2) return text;
    else if (part[1] === '{') fixed += `\\frac{${part[0]}}${part.slice(1)}`;
    else fixed += `\\frac{${part[0]}}{${part[1]}}${part.slice(2)}`;
  }
  return fixed;
}

const slashFraction = (text: string): string => {
  const [, top, bottom] = /^(0|-?[1-9][0-9]*)\/(0|-?[1-9][0-9]*)$/.exec(text) ?? [];
  return top === undefined ? text : `\\frac{${top}}{${bottom}}`;
};

/**
 * `extract_boxed_content`: the contents of `\boxed{…}` and `\fbox{…}`, from the right; all of them, or as many as stand
 * close together or are joined by a separator. The text itself where there is none.
 */
function boxedContent(text: string, mode: 'all' | 'last'): string {
  const results: string[] = [];
  let limit = text.length;
  let boxed = text.length;
  let fbox = text.length;
  let lastStart: number | null = null;
  for (;;) {
    if (boxed + 6 > limit) boxed = limit < 6 ? -1 : text.lastIndexOf('\\boxed', limit - 6);
    if (fbox + 5 > limit) fbox = limit < 5 ? -1 : text.lastIndexOf('\\fbox', limit - 5);
    const start = Math.max(boxed, fbox);
    if (start < 0) break;
    let at = start + (boxed > fbox ? 6 : 5);
    while (at < limit && isSpace(text, at)) at++;
    if (at >= limit) break;
    const end = text[at] === '{' ? closingBrace(text, at, limit) : -1;
    if (end < 0) {
      if (results.length === 0) results.push(text.slice(at));
      break;
    }
    const content = strip(text.slice(at + 1, end));
    if (mode === 'last' && lastStart !== null) {
      const between = text.slice(end + 1, lastStart);
      const joined = between.length < 70 && content !== results.at(-1) && /and|or|,|;/.test(between);
      if (between.length >= 10 && !joined) break;
    }
    results.push(content);
    lastStart = start;
    limit = start;
  }
  return results.length === 0 ? text : results.reverse().join(',');
}

function closingBrace(text: string, open: number, limit: number): number {
  let depth = 1;
  for (let at = open + 1; at < limit; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}
