import { spend } from '@/lib/mathematics/budget';
import {
  anything,
  divideBefore,
  type Found,
  findersOf,
  type Hit,
  keep,
  LATEX_STARTS,
  type Match,
  NUMBER_STARTS,
  TAIL,
  type Tail,
  WORD_STARTS,
} from '@/lib/mathematics/finders';
import { isSpace, skipSpaces } from '@/lib/python/text';

/**
 * How Math-Verify 0.8.0 finds an answer in a text (5d148cf, src/math_verify/parser.py): patterns are pooled by priority,
 * and the matches of a priority are tried from the one that ends last. Upstream states the patterns as regular
 * expressions that take quadratic time on some texts; here each is matched at its anchors by hand, in the order of
 * preference that the expression has, in time linear in the text.
 */

/** Upstream's extraction configurations in one. */
export interface Extraction {
  /** `LatexExtractionConfig` */
  latex: boolean;
  /** `ExprExtractionConfig` */
  expression: boolean;
  /** `StringExtractionConfig`: in the order in which they are preferred at a place. None may be empty or begin with white space. */
  strings: readonly string[];
  /** Whether an answer counts that nothing announces. */
  withoutAnchor: boolean;
  /** Whether a box is looked for before anything else, after announced final answers, or not for its own sake. */
  boxedPriority: 0 | 50 | -1;
}

/** A word that announces an answer: where it begins and ends. */
interface Anchor {
  start: number;
  end: number;
}
const ANSWER = /(final )?answer( is)?/giu;

/** What the patterns find, in the order in which it is tried; each priority only when it is asked for. */
export function* extract(text: string, extraction: Extraction): Generator<Found> {
  for (const matchesOf of patternsOf(text, extraction)) {
    // Rightmost end first, then leftmost start; the sort is stable, as upstream's is.
    for (const { found } of matchesOf().sort((a, b) => b.end - a.end || a.start - b.start)) yield found;
  }
}

/* ---------------------------------------------------------------- the patterns, by priority */

function patternsOf(text: string, extraction: Extraction): (() => Match[])[] {
  const finders = findersOf(text, extraction.strings);
  const { latexAt, boxedLatexAt, expressionOrNumberAt, expressionAt, numberAt, optionAt, wordAt } = finders;

  const iHope: Tail = (end) => {
    const at = text[end] === '.' ? end + 1 : end;
    return text.startsWith('I hope', at) || (isSpace(text, at) && text.startsWith('I hope', at + 1));
  };
  const noEquals: Tail = (end) => text[skipSpaces(text, end)] !== '=';

  type At = (at: number, tail: Tail) => Hit | null;
  const latex: At = latexAt;
  const option: At = optionAt;

  /** `\s*` and the pattern, which may itself begin with white space. */
  const spaced =
    (pattern: At): At =>
    (at, tail) => {
      const after = skipSpaces(text, at);
      return pattern(after, tail) ?? (after > at ? pattern(after - 1, tail) : null);
    };
  /** `\:?` and the pattern. */
  const colon =
    (pattern: At): At =>
    (at, tail) =>
      (text[at] === ':' ? pattern(at + 1, tail) : null) ?? pattern(at, tail);

  const answers: Anchor[] = [];
  const finalAnswers: Anchor[] = [];
  const finalAnswersAre: Anchor[] = [];
  for (const { index, 0: words, 1: final = '', 2: is = '' } of text.matchAll(ANSWER)) {
    const [start, end] = [index + final.length, index + words.length];
    answers.push({ start, end: end - is.length });
    if (final === '') continue;
    finalAnswers.push({ start: index, end: end - is.length });
    if (is !== '') finalAnswersAre.push({ start: index, end });
  }

  /** All matches of anchors followed by the pattern, one after another. */
  const anchored = (anchors: readonly Anchor[], pattern: (at: number) => Hit | null): Match[] => {
    const matches: Match[] = [];
    let free = 0;
    for (const { start, end } of anchors) {
      if (start < free) continue;
      const hit = pattern(end);
      if (!hit) continue;
      keep(matches, { ...hit, start });
      free = hit.end;
    }
    return matches;
  };
  /** `.{0,limit}?` and the pattern; `.` is any character, or any but a line break. */
  const within =
    (limit: number, lines: 'one' | 'many', pattern: At, tail: Tail = anything) =>
    (from: number): Hit | null => {
      let at = from;
      spend(limit >> 3);
      for (let skipped = 0; skipped <= limit && at <= text.length; skipped++) {
        const hit = pattern(at, tail);
        if (hit) return hit;
        if (lines === 'one' && text[at] === '\n') return null;
        at += unitAt(text, at);
      }
      return null;
    };

  /** `\s+is` and the pattern. */
  const is =
    (pattern: At): At =>
    (at, tail) => {
      const after = skipSpaces(text, at);
      spend((after - at) >> 3);
      return after > at && text.startsWith('is', after) ? pattern(after + 2, tail) : null;
    };
  /** `(?:.{0,100}=\s*|.{0,50}?)` and an expression or number that no equals sign follows. */
  const computed = (from: number): Hit | null => {
    let last = from;
    for (let skipped = 0; skipped < 100 && last < text.length && text[last] !== '\n'; skipped++)
      last += unitAt(text, last);
    for (let at = last; at >= from; at--) {
      if (text[at] !== '=') continue;
      const hit = spaced(expressionOrNumberAt)(at + 1, noEquals);
      if (hit) return hit;
    }
    return within(50, 'one', expressionOrNumberAt, noEquals)(from);
  };
  const afterColon = (pattern: (at: number) => Hit | null) => (at: number) =>
    text[at] === ':' ? pattern(at + 1) : null;

  const only = (wanted: boolean, matches: () => Match[]): Match[] => (wanted ? matches() : []);
  const ofLatex = (matches: () => Match[]) => only(extraction.latex, matches);
  const ofExpressions = (matches: () => Match[]) => only(extraction.expression, matches);
  const ofStrings = (matches: () => Match[]) => only(extraction.strings.length > 0, matches);

  const plainNumbers = (from: number, to: number): Match[] => [
    ...finders.each(expressionAt, NUMBER_STARTS, from, to),
    ...finders.each(numberAt, NUMBER_STARTS, from, to),
  ];
  // Mostly the last number is the answer: where there are but numbers, the end of the text is searched before the rest.
  const onlyNumbers = extraction.strings.length === 0 && !/[$\\[]/.test(text);
  const divide = onlyNumbers ? divideBefore(text, text.length - TAIL) : 0;

  const boxed = () =>
    only(extraction.latex, () => [...finders.each(boxedLatexAt, LATEX_STARTS), ...finders.plainBoxed()]);
  const announced = (pattern: At) => anchored(finalAnswersAre, (at) => colon(spaced(pattern))(at, iHope));
  return [
    () => [
      ...ofLatex(() => announced(latex)),
      ...(extraction.boxedPriority === 0 ? boxed() : []),
      ...ofExpressions(() => announced(expressionOrNumberAt)),
      ...ofStrings(() => announced(option)),
    ],
    () => [
      ...ofLatex(() => anchored(finalAnswers, within(100, 'many', is(colon(spaced(latex)))))),
      ...(extraction.boxedPriority === 50 ? boxed() : []),
      ...ofExpressions(() => anchored(finalAnswers, within(100, 'one', is(colon(expressionOrNumberAt))))),
      ...ofStrings(() => anchored(finalAnswers, within(100, 'one', is(colon(spaced(option)))))),
    ],
    () => [
      ...ofLatex(() => anchored(answers, afterColon(within(50, 'many', latex)))),
      ...ofExpressions(() => anchored(answers, afterColon(computed))),
      ...ofStrings(() => anchored(answers, afterColon(within(50, 'one', wordAt)))),
    ],
    () => [
      ...ofLatex(() => anchored(answers, within(50, 'many', latex))),
      ...ofExpressions(() => anchored(answers, computed)),
      ...ofStrings(() => anchored(answers, within(50, 'one', wordAt))),
    ],
    ...(extraction.withoutAnchor
      ? [
          () =>
            ofStrings(() => {
              const hit = finders.wordAfterPrefix(0);
              return hit ? [{ ...hit, start: 0 }] : [];
            }),
          () => [
            ...ofLatex(() => finders.each(latexAt, LATEX_STARTS)),
            ...ofExpressions(() => plainNumbers(divide, text.length)),
            ...ofStrings(() => finders.each(wordAt, WORD_STARTS)),
          ],
          () => ofExpressions(() => plainNumbers(0, divide)),
        ]
      : []),
  ];
}

/** How many UTF-16 units the character at `at` takes. */
const unitAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
