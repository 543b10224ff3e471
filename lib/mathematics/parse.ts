import { readArithmetic } from '@/lib/mathematics/arithmetic';
import { READING, refill, Undecided } from '@/lib/mathematics/budget';
import { finiteSet, float, isExpression, number, percent, type Value } from '@/lib/mathematics/expression';
import { type Extraction, extract } from '@/lib/mathematics/extract';
import { type Found, MAX_MATCHES } from '@/lib/mathematics/finders';
import { bitsOfNumeral } from '@/lib/mathematics/float';
import { readFormula } from '@/lib/mathematics/grammar';
import { normaliseLatex } from '@/lib/mathematics/normalise';
import { decimal } from '@/lib/mathematics/rational';
import { strip } from '@/lib/python/text';
import type { TextSpan } from '@/lib/text-span';

/**
 * An answer found in a text: what it is worth, or a text to be compared as such. `text` is what upstream keeps of it
 * (LaTeX cleaned, numbers without zeros in front, options in lower case), `span` where it stands.
 */
export type Parsed =
  | { readonly kind: 'value'; readonly value: Value; readonly text: string; readonly span: TextSpan }
  | { readonly kind: 'string'; readonly text: string; readonly span: TextSpan };

export interface ParseOptions extends Extraction {
  /** Whether the text of the first match is an answer too, read or not. */
  fallback: 'first_match' | 'no_fallback';
  /** Whether the search ends at the first match, read or not. */
  mode: 'any_match' | 'first_match';
  /** Whether a string that is found is put in lower case. */
  lowercase: boolean;
}

/** Upstream's defaults: LaTeX and arithmetic, no strings. */
export const PARSE_DEFAULTS: ParseOptions = {
  latex: true,
  expression: true,
  strings: [],
  withoutAnchor: true,
  boxedPriority: 50,
  fallback: 'first_match',
  mode: 'any_match',
  lowercase: true,
};

/**
 * `parse` of Math-Verify 0.8.0: at most a value, or a string, and then the text of the first match.
 * @returns empty where there is no answer. Never throws.
 */
export function parseAnswers(text: string, options: Partial<ParseOptions> = {}): readonly Parsed[] {
  refill(READING);
  try {
    return search(text, { ...PARSE_DEFAULTS, ...options });
  } catch (error) {
    if (error instanceof Undecided) return [];
    throw error;
  }
}

function search(text: string, settings: ParseOptions): readonly Parsed[] {
  const answers: Parsed[] = [];
  let fallback: Parsed | null = null;
  let tried = 0;
  for (const found of extract(text, settings)) {
    if (++tried > MAX_MATCHES) return [];
    const reading = read(text, found, settings.lowercase);
    if (reading === 'error') return [];
    if (reading.text !== '') fallback ??= { kind: 'string', text: reading.text, span: reading.span };
    if (reading.answer) {
      answers.push(reading.answer);
      break;
    }
    if (settings.mode === 'first_match') break;
  }
  if (settings.fallback === 'first_match' && fallback) answers.push(fallback);
  return answers;
}

interface Reading {
  text: string;
  span: TextSpan;
  answer: Parsed | null;
}

/** What a match is worth; `error` where reading it stops the whole of upstream's `parse`. */
function read(text: string, found: Found, lowercase: boolean): Reading | 'error' {
  if (found.kind === 'latex') return readContents(text, found);
  const { span } = found;
  const written = text.slice(...span);
  if (found.kind === 'option')
    return {
      text: written,
      span,
      answer: { kind: 'string', text: lowercase ? written.toLowerCase() : written, span },
    };
  if (found.kind === 'expression') {
    const value = readArithmetic(written);
    return { text: written, span, answer: value && { kind: 'value', value, text: written, span } };
  }
  const integer = found.integer.replace(/[, ]/g, '').replace(/^0+/, '') || '0';
  const places = found.decimal.replace(',', '.');
  const numeral = integer + places;
  // sympy reads the number as Python: no zero in front of an integer, no digits of other scripts.
  if ((places === '' && /^-0+[1-9]/.test(integer)) || /[^\d.-]/.test(numeral)) return 'error';
  const exact = decimal(numeral);
  if (exact === null) return 'error';
  const value = places === '' ? number(exact) : float(exact, bitsOfNumeral(numeral));
  return {
    text: numeral,
    span,
    answer: { kind: 'value', value: found.percent ? percent(value) : value, text: numeral, span },
  };
}

function readContents(text: string, { contents, boxes }: Extract<Found, { kind: 'latex' }>): Reading {
  const [first, last] = [contents[0], contents.at(-1)];
  const read = contents.map(({ span, percent: hundredths }) => {
    const latex = normaliseLatex(text.slice(...span), boxes);
    const value = readCleaned(latex);
    return { latex, value: value && hundredths ? percentage(value) : value };
  });
  const [only] = read;
  if (!first || !last || !only) return { text: '', span: [0, 0], answer: null };
  const values = read.flatMap(({ value }) => value ?? []);
  const together = read.length > 1 && values.length === read.length;
  const span: TextSpan = together ? [first.span[0], last.span[1]] : first.span;
  const written = together ? read.map(({ latex }) => latex).join(' and ') : only.latex;
  const value = together
    ? finiteSet(values.flatMap((each) => (each.kind === 'set' ? each.elements : [each])))
    : only.value;
  return { text: written, span, answer: value && { kind: 'value', value, text: written, span } };
}
const percentage = (value: Value): Value | null => (isExpression(value) ? percent(value) : null);

const EQUALS = /(?<![\\<!>])=/;

/** The value of cleaned LaTeX; of a chain `a = b = c` that cannot be read, of its last part. */
function readCleaned(latex: string): Value | null {
  const value = readFormula(latex);
  if (value !== null || /[,;]/.test(latex)) return value;
  const parts = latex.split(EQUALS);
  return parts.length > 2 ? readFormula(strip(parts.at(-1) ?? '')) : null;
}
