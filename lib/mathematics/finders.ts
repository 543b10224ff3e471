import { spend } from '@/lib/mathematics/budget';
import { isSpace, SPACES, skipSpaces } from '@/lib/python/text';
import type { TextSpan } from '@/lib/text-span';

/** The parts of which the patterns of `extract.ts` are made, each matched at a place by hand. */

export type Found =
  | { kind: 'option'; span: TextSpan }
  | { kind: 'number'; span: TextSpan; integer: string; decimal: string; percent: boolean }
  | { kind: 'expression'; span: TextSpan }
  | { kind: 'latex'; contents: readonly { span: TextSpan; percent: boolean }[]; boxes: 'all' | 'last' };

/** One way in which a pattern matches: where it ends, and what it found. */
export interface Hit {
  end: number;
  found: Found;
}
export type Match = Hit & { start: number };

/** What must follow a match at `end`. */
export type Tail = (end: number) => boolean;
export const anything: Tail = () => true;

const DIGITS = '\\p{Nd}';
const CURRENCY = '$€£¥₹₽₪₩₫฿₡₢₣₤₥₦₧₨₭₮₯₰₱₲₳₴₵₶₷₸₺₻₼₾₿';
const NUMBER_FORMS = [
  `(-?[1-9]${DIGITS}{0,2}(?:[ ,]${DIGITS}{3})+)(\\.${DIGITS}+)?`,
  `(-?${DIGITS}+)([.,]${DIGITS}+)`,
  `()(\\.${DIGITS}+)`,
  `(-?${DIGITS}+)()`,
].map((form) => new RegExp(form, 'uy'));
const PERCENT = [
  new RegExp(`[${SPACES}]*(?:%|[Pp]ercent|[Pp]ct)`, 'y'),
  new RegExp(`[${SPACES}]*[Pp]ercentage`, 'y'),
];
const LATEX_PERCENT = [/\\?%|[Pp]ercent|[Pp]ct/y, /[Pp]ercentage/y];
const EXPRESSION_CHARACTER = new RegExp(`[${DIGITS}.${SPACES}+\\-*×/^()÷]`, 'u');
const EXPRESSION_START = new RegExp(`-?\\(?-?${DIGITS}`, 'uy');
const OPERATOR = '+-*×/^()÷';
const EXPRESSION_SUFFIX = '.,:)$';
const EXPRESSION_CODES = new Set(
  Array.from({ length: 0x80 }, (_, code) => code).filter((code) =>
    EXPRESSION_CHARACTER.test(String.fromCharCode(code)),
  ),
);
const FRACTION = new RegExp(
  `-?\\\\frac\\{-?${DIGITS}+(?:[.,]${DIGITS}+)?\\}\\{-?${DIGITS}+(?:[.,]${DIGITS}+)?\\}`,
  'uy',
);
const DIGIT = new RegExp(DIGITS, 'u');
const isAsciiDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
/** The characters with which LaTeX, numbers and strings can begin, the start of the text aside. */
export const LATEX_STARTS = new RegExp(`\\$|\\\\(?=[[(f])|-(?=\\\\f)|[${SPACES}](?=\\[)`, 'g');
export const NUMBER_STARTS = new RegExp(`[=${SPACES}](?=(?:\\*\\*)?[${CURRENCY}]?[-.(${DIGITS}])`, 'gu');
export const TAIL = 160;
/** Where the end of a text begins: back from `limit`, a letter that is part of no number, nor of "percentage"; else 0. */
export function divideBefore(text: string, limit: number): number {
  let at = limit;
  while (at > 0 && !'bdfhijklmoqsuvwxyz'.includes(text[at] ?? '')) at--;
  return Math.max(at, 0);
}
export const WORD_STARTS = new RegExp(`[${SPACES}]`, 'g');
const NOWHERE: readonly number[] = [];
/** More matches of a pattern than this are not kept: the last are tried first, and no more are tried. */
export const MAX_MATCHES = 2_000;
export function keep(matches: Match[], match: Match): void {
  if (matches.length >= 2 * MAX_MATCHES) matches.splice(0, MAX_MATCHES);
  matches.push(match);
}
const ENVIRONMENTS_JOINED = 5;
/** Giving back a thousands group with its comma, or a decimal place, always satisfies a tail that more would satisfy. */
const MOST_GIVEN_BACK = 8;

const endOf = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

export function findersOf(text: string, strings: readonly string[]) {
  const byFirst = new Map<string, string[]>();
  for (const string of strings) {
    const first = string.charAt(0);
    byFirst.set(first, [...(byFirst.get(first) ?? []), string]);
  }

  /** The ends of a percent sign after `at`, the preferred first; `at` itself where there is none. */
  const percentEnds = (forms: readonly RegExp[], at: number): readonly number[] => {
    const next = text[skipSpaces(text, at)];
    if (next !== '%' && next !== '\\' && next !== 'p' && next !== 'P') return [at];
    return [...forms.map((form) => endOf(form, text, at)).filter((end) => end >= 0), at];
  };

  const optionAt = (at: number, tail: Tail): Hit | null => {
    for (const string of byFirst.get(text[at] ?? '') ?? []) {
      const end = at + string.length;
      if (text.startsWith(string, at) && tail(end))
        return { end, found: { kind: 'option', span: [at, end] } };
    }
    return null;
  };
  /** The end of `(?:\*\*)?(?:\.|,|:|\s|$)` at `at`, -1 where it does not match. */
  const suffixEnd = (at: number): number => {
    const stars = text.startsWith('**', at) ? at + 2 : at;
    if (/[.,:]/.test(text[stars] ?? '') || isSpace(text, stars)) return stars + 1;
    return stars === text.length ? stars : -1;
  };
  /** `(?:\*\*)?string(?:\*\*)?suffix` */
  const wordAfterPrefix = (at: number): Hit | null => {
    const from = text.startsWith('**', at) ? at + 2 : at;
    const hit = optionAt(from, (end) => suffixEnd(end) >= 0);
    return hit && { end: suffixEnd(hit.end), found: hit.found };
  };
  const wordAt = (at: number): Hit | null =>
    (at === 0 ? wordAfterPrefix(0) : null) ?? (isSpace(text, at) ? wordAfterPrefix(at + 1) : null);

  /** After `(?:^|\s|\=)(?:\*\*)?`, the ways to stand at the pattern. */
  const afterExpressionPrefix = (at: number): readonly number[] => {
    const prefixed = text[at] === '=' || isSpace(text, at);
    if (at > 0) {
      if (!prefixed) return NOWHERE;
      const next = text.charCodeAt(at + 1);
      // Neither a digit nor one of $ ( * - . nor beyond ASCII
      if (next < 0x80 && (next < 0x30 || next > 0x39) && !(next === 0x24 || (next >= 0x28 && next <= 0x2e)))
        return NOWHERE;
    }
    const starts = at === 0 ? [0] : [];
    if (prefixed) starts.push(at + 1);
    return starts.map((start) => (text.startsWith('**', start) ? start + 2 : start));
  };

  const endsNumber = (at: number): boolean => {
    const next = text.charCodeAt(at);
    const after = text.charCodeAt(at + 1);
    // A space and a letter, a comma or point and no digit, or a letter; but no p, for that may be percent
    if (next === 0x20) return after > 0x40 && after < 0x80 && after !== 0x50 && after !== 0x70;
    if (next === 0x2c || next === 0x2e) return after < 0x30 || (after > 0x39 && after < 0x80);
    return next > 0x39 && next < 0x80 && next !== 0x50 && next !== 0x70;
  };
  /** Digits after which nothing can belong to the number: the commonest case, without an expression. */
  const plainNumberHit = (at: number, tail: Tail): Hit | null => {
    let to = text[at] === '-' ? at + 1 : at;
    const digits = to;
    while (isAsciiDigit(text.charCodeAt(to))) to++;
    if (to === digits || !endsNumber(to) || !tail(to)) return null;
    const span: TextSpan = [at, to];
    return {
      end: to,
      found: { kind: 'number', span, integer: text.slice(at, to), decimal: '', percent: false },
    };
  };
  const numberHit = (at: number, tail: Tail): Hit | null => {
    const plain = plainNumberHit(at, tail);
    if (plain) return plain;
    for (const form of NUMBER_FORMS) {
      form.lastIndex = at;
      const match = form.exec(text);
      if (!match) continue;
      const [whole, integer = '', decimal = ''] = match;
      for (let length = whole.length; length > Math.max(0, whole.length - MOST_GIVEN_BACK); length--) {
        // Where the tail refuses, the expression gives back digit by digit what it can and stay of its form.
        const kept = text.slice(at, at + length);
        if (length < whole.length && endOf(form, kept, 0) !== length) continue;
        for (const end of percentEnds(PERCENT, at + length)) {
          if (!tail(end)) continue;
          const found: Found = {
            kind: 'number',
            span: [at, at + length],
            integer: kept.slice(0, integer.length),
            decimal: kept.slice(integer.length, integer.length + decimal.length),
            percent: end > at + length,
          };
          return { end, found };
        }
      }
    }
    return null;
  };
  const numberAt = (at: number, tail: Tail): Hit | null => {
    for (const start of afterExpressionPrefix(at)) {
      const currency = CURRENCY.includes(text[start] ?? ' ') && numberHit(start + 1, tail);
      const hit = currency || numberHit(start, tail);
      if (hit) return hit;
    }
    return null;
  };

  /**
   * The run of expression characters around a place; `ends` remembers for a tail where an expression that begins in
   * the run must end, for that is the same for all of them.
   */
  let run: { start: number; end: number; ends: Map<Tail, ExpressionEnd | null> } | null = null;
  interface ExpressionEnd {
    last: number;
    contentEnd: number;
    matchEnd: number;
    /** The last operator that an expression can have. */
    operator: number;
  }
  const runAt = (at: number) => {
    if (run && at >= run.start && at < run.end) return run;
    let end = at;
    for (;;) {
      const code = text.codePointAt(end) ?? 0;
      if (code < 0x80 ? !EXPRESSION_CODES.has(code) : !EXPRESSION_CHARACTER.test(String.fromCodePoint(code)))
        break;
      end += code > 0xffff ? 2 : 1;
    }
    run = { start: at, end, ends: new Map() };
    return run;
  };
  /** The end of `(?:\*\*)?(?:\.|,|:|\s|\)|\$|$)` at `at` that the tail takes, the preferred first; -1 where there is none. */
  const expressionSuffixEnd = (at: number, tail: Tail): number => {
    if (text[at] === '*' && text[at + 1] === '*') {
      const end = suffixEndAt(at + 2, tail);
      if (end >= 0) return end;
    }
    return suffixEndAt(at, tail);
  };
  const suffixEndAt = (at: number, tail: Tail): number => {
    if ((EXPRESSION_SUFFIX.includes(text[at] ?? '-') || isSpace(text, at)) && tail(at + 1)) return at + 1;
    const atEnd = at === text.length || (at === text.length - 1 && text[at] === '\n');
    return atEnd && tail(at) ? at : -1;
  };
  const expressionEnd = (from: number, end: number, tail: Tail): ExpressionEnd | null => {
    for (let last = end; last > from; last--) {
      for (let contentEnd = text[last] === ')' ? last + 1 : last; contentEnd >= last; contentEnd--) {
        const matchEnd = expressionSuffixEnd(contentEnd, tail);
        if (matchEnd < 0) continue;
        let operator = last - 2;
        while (operator > from && !OPERATOR.includes(text[operator] ?? ' ')) operator--;
        return { last, contentEnd, matchEnd, operator };
      }
    }
    return null;
  };
  const expressionHit = (at: number, tail: Tail): Hit | null => {
    // Digits and then a letter: no expression
    let to = text[at] === '-' ? at + 1 : at;
    while (isAsciiDigit(text.charCodeAt(to))) to++;
    const next = text.charCodeAt(to);
    if (next > 0x60 && next < 0x7b) return null;
    const digitEnd = endOf(EXPRESSION_START, text, at);
    if (digitEnd < 0) return null;
    const { start, end, ends } = runAt(at);
    let expression = ends.get(tail);
    if (expression === undefined) {
      expression = expressionEnd(start, end, tail);
      ends.set(tail, expression);
    }
    if (!expression || expression.operator < digitEnd) return null;
    return { end: expression.matchEnd, found: { kind: 'expression', span: [at, expression.contentEnd] } };
  };
  const expressionAt = (at: number, tail: Tail): Hit | null => {
    for (const start of afterExpressionPrefix(at)) {
      const hit = expressionHit(start, tail);
      if (hit) return hit;
    }
    return null;
  };
  const expressionOrNumberAt = (at: number, tail: Tail): Hit | null =>
    expressionAt(at, tail) ?? numberAt(at, tail);

  const nextOf = (part: string) => {
    let known = -1;
    let from = 0;
    /** The first index of the part at or after `at`; the text's length where there is none. */
    return (at: number): number => {
      if (known < at || at < from) {
        const index = text.indexOf(part, at);
        known = index < 0 ? text.length : index;
        from = at;
      }
      return known;
    };
  };
  const nextNewline = nextOf('\n');
  const nextDollars = nextOf('$$');
  const nextBracket = nextOf('\\]');
  const nextParenthesis = nextOf('\\)');
  const escaped = (at: number) => text[at - 1] === '\\';

  /** The contents of a LaTeX environment that begins at `at` and where it ends, percent sign not included. */
  const environmentAt = (at: number, boxed: boolean): { content: TextSpan; end: number } | null => {
    const closing = (start: number, close: number, length: number) =>
      close > start && close < text.length && !escaped(close) && (!boxed || holdsBox(start, close))
        ? { content: [start, close] as const, end: close + length }
        : null;
    const character = text[at];
    if (character === '$' && !escaped(at)) {
      if (text[at + 1] === '$') {
        const display = closing(at + 2, nextDollars(at + 2), 2);
        if (display) return display;
      }
      if (DIGIT.test(lastCharacter(at))) return null;
      let close = at + 1;
      const line = nextNewline(close);
      while (close < line && (text[close] !== '$' || escaped(close))) close++;
      return close < line ? closing(at + 1, close, 1) : null;
    }
    if (character === '\\' && !escaped(at)) {
      if (text[at + 1] === '[') return closing(at + 2, nextBracket(at + 2), 2);
      if (text[at + 1] === '(') {
        const close = nextParenthesis(at + 2);
        return close < nextNewline(at + 2) ? closing(at + 2, close, 2) : null;
      }
    }
    if (text[at + 1] === '[' && isSpace(text, at)) {
      let close = at + 2;
      while (close < text.length && !/[\n[\]]/.test(text[close] ?? '')) close++;
      const closes = text[close] === ']' && close > at + 2 && isSpace(text, close + 1);
      return closes && (!boxed || holdsBox(at + 2, close))
        ? { content: [at + 2, close], end: close + 2 }
        : null;
    }
    if (!boxed && (character === '\\' || character === '-')) {
      const end = endOf(FRACTION, text, at);
      if (end >= 0) return { content: [at, end], end };
    }
    return null;
  };
  const lastCharacter = (at: number) => {
    const unit = text.charCodeAt(at - 1);
    return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(at - 2, at) : text.slice(at - 1, at);
  };
  const nextBox = nextOf('\\boxed{');
  const nextBrace = nextOf('}');
  const holdsBox = (start: number, end: number) => nextBrace(nextBox(start) + 8) < end;

  /** Environments joined by commas, "and" or "or". */
  const environmentsAt = (at: number, tail: Tail, boxed: boolean): Hit | null => {
    const unit = text[at];
    if (unit !== '$' && unit !== '\\' && unit !== '-' && text[at + 1] !== '[') return null;
    const contents: { span: TextSpan; percent: boolean }[] = [];
    const extend = (environment: { content: TextSpan; end: number }): number | null => {
      const content = { span: environment.content, percent: false };
      contents.push(content);
      const afterSpaces = skipSpaces(text, environment.end);
      for (const end of percentEnds(LATEX_PERCENT, afterSpaces)) {
        const separator = skipSpaces(text, end);
        content.percent = end > afterSpaces;
        if (contents.length <= ENVIRONMENTS_JOINED) {
          for (const word of [',and', 'and', ',or', 'or', ',']) {
            if (!text.startsWith(word, separator)) continue;
            const from = separator + word.length;
            const after = skipSpaces(text, from);
            const next =
              environmentAt(after, boxed) ?? (after > from ? environmentAt(after - 1, boxed) : null);
            const further = next && extend(next);
            if (further !== null) return further;
          }
        }
        const finish = boxed ? separator : end;
        if (tail(finish)) return finish;
      }
      contents.pop();
      return null;
    };
    const first = environmentAt(at, boxed);
    const end = first && extend(first);
    return end === null ? null : { end, found: { kind: 'latex', contents, boxes: 'all' } };
  };
  const latexAt = (at: number, tail: Tail): Hit | null => environmentsAt(at, tail, false);
  const boxedLatexAt = (at: number, tail: Tail): Hit | null => environmentsAt(at, tail, true);

  /** `\boxed{.+}`, to the last brace of the text. */
  const plainBoxed = (): Match[] => {
    const start = text.indexOf('\\boxed{');
    const end = text.lastIndexOf('}') + 1;
    if (start < 0 || end < start + 9) return [];
    return [
      {
        start,
        end,
        found: { kind: 'latex', contents: [{ span: [start, end], percent: false }], boxes: 'last' },
      },
    ];
  };

  /** All matches of the pattern, one after another; it matches nowhere but at the start and where `candidates` does. */
  const each = (
    pattern: (at: number, tail: Tail) => Hit | null,
    candidates: RegExp,
    from = 0,
    to = text.length,
  ): Match[] => {
    const matches: Match[] = [];
    spend((to - from) >> 6);
    for (let at = from; at < to; ) {
      const hit = pattern(at, anything);
      spend(4);
      if (hit) keep(matches, { ...hit, start: at });
      candidates.lastIndex = hit ? hit.end : at + 1;
      at = candidates.test(text) ? candidates.lastIndex - 1 : text.length;
    }
    return matches;
  };

  return {
    optionAt,
    wordAfterPrefix,
    wordAt,
    numberAt,
    expressionAt,
    expressionOrNumberAt,
    latexAt,
    boxedLatexAt,
    plainBoxed,
    each,
  };
}
