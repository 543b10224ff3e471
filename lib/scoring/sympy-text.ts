import { type Expression, number, partsOf, power, type Value } from '@/lib/mathematics/expression';
import { negative, type Rational } from '@/lib/mathematics/rational';
import { UNEVALUATED } from '@/lib/scoring/sympy-evaluate';

/**
 * `str(expression)` of SymPy 1.14 for what was built with `evaluate=False` (sympy/printing/str.py, precedence.py). Upstream
 * has Python evaluate this text, so its accidents decide: a root has the name `sqrt`, and a product with a minus in front
 * loses parentheses (-3/(2π) becomes -3/2*pi). Only the order of terms and factors is the written one here.
 */
export function sympyText(value: Value): string {
  switch (value.kind) {
    case 'number':
      return rationalText(value.value);
    case 'decimal':
      return String(Number(value.value.n) / Number(value.value.d));
    case 'constant':
      return CONSTANTS[value.name];
    case 'symbol':
      return value.name;
    case 'sum':
      return sumText(value.terms);
    case 'product':
      return productText(value.terms);
    case 'power':
      return powerText(value.base, value.exponent);
    case 'function':
      return value.name === UNEVALUATED
        ? partsOf(value).map(sympyText).join()
        : `${value.name}(${value.parts.map(sympyText).join(', ')})`;
    case 'relation':
      return value.sign === '=' || value.sign === '≠'
        ? `Eq(${sympyText(value.left)}, ${sympyText(value.right)})`
        : `${within(value.left, 35)} ${SIGNS[value.sign]} ${within(value.right, 35)}`;
    default:
      return `${value.kind}()`;
  }
}

const CONSTANTS = {
  pi: 'pi',
  e: 'E',
  i: 'I',
  '∞': 'oo',
  '-∞': '-oo',
  'complex ∞': 'zoo',
  undefined: 'undefined',
} as const;
const SIGNS = { '<': '<', '≤': '<=', '>': '>', '≥': '>=' } as const;

const rationalText = ({ n, d }: Rational): string => (d === 1n ? String(n) : `${n}/${d}`);

/** How strongly a value holds together. */
function precedence(value: Value): number {
  switch (value.kind) {
    case 'number':
      return value.value.n < 0n ? 40 : value.value.d === 1n ? 1_000 : 50;
    case 'decimal':
      return value.value.n < 0n ? 40 : 1_000;
    case 'constant':
      return value.name === '-∞' ? 40 : 1_000;
    case 'sum':
      return 40;
    case 'product':
      return hasMinus(value) ? 40 : 50;
    case 'power':
      return 60;
    case 'function': {
      const [inside] = value.parts;
      if (value.name === UNEVALUATED && inside) return precedence(inside) - 0.5;
      return value.name === 'Mod' ? 50 : 70;
    }
    case 'relation':
      return value.sign === '=' || value.sign === '≠' ? 50 : 35;
    default:
      return 1_000;
  }
}
const within = (value: Value, level: number): string =>
  precedence(value) <= level ? `(${sympyText(value)})` : sympyText(value);

const isNumber = (value: Expression): value is Extract<Expression, { value: Rational }> =>
  value.kind === 'number' || value.kind === 'decimal';
const isNegativeNumber = (value: Expression): boolean =>
  isNumber(value) ? value.value.n < 0n : value.kind === 'constant' && value.name === '-∞';

/** `could_extract_minus_sign` (of a sum with as many as without, SymPy decides by its order; here it has none). */
function hasMinus(value: Expression): boolean {
  if (value.kind === 'product') return value.terms[0] !== undefined && isNegativeNumber(value.terms[0]);
  if (value.kind === 'sum') return 2 * value.terms.filter(hasMinus).length > value.terms.length;
  return isNegativeNumber(value);
}

function sumText(terms: readonly Expression[]): string {
  let text = '';
  for (const term of terms) {
    const written = sympyText(term);
    const isMinus = written.startsWith('-') && term.kind !== 'sum';
    const bare = isMinus ? written.slice(1) : written;
    const sign = isMinus ? '-' : '+';
    const part = precedence(term) < 40 || term.kind === 'sum' ? `(${bare})` : bare;
    text = text === '' ? `${isMinus ? '-' : ''}${part}` : `${text} ${sign} ${part}`;
  }
  return text;
}

const ONE = { n: 1n, d: 1n };
const isOne = (value: Expression): boolean =>
  value.kind === 'number' && value.value.n === 1n && value.value.d === 1n;
const isInteger = (value: Expression): boolean => value.kind === 'number' && value.value.d === 1n;
const isHalf = (value: Expression, sign: 1n | -1n): boolean =>
  value.kind === 'number' && value.value.n === sign && value.value.d === 2n;
const isMinusOne = (value: Expression): boolean =>
  isInteger(value) && isNumber(value) && value.value.n === -1n;

const opposite = (value: Expression): Expression => {
  if (isNumber(value)) return { ...value, value: negative(value.value) };
  const terms = value.kind === 'product' ? value.terms : [value];
  const [first, ...others] = terms;
  return first !== undefined && isNumber(first)
    ? asProduct([{ ...first, value: negative(first.value) }, ...others].filter((term) => !isOne(term)))
    : { kind: 'product', terms: [number({ n: -1n, d: 1n }), ...terms] };
};
const asProduct = (terms: readonly Expression[]): Expression => {
  const [only] = terms;
  return only === undefined ? number(ONE) : terms.length === 1 ? only : { kind: 'product', terms };
};

const isBelow = (term: Expression): term is Extract<Expression, { kind: 'power' }> =>
  term.kind === 'power' && hasMinus(term.exponent) && term.exponent.kind !== 'sum';

function productText(terms: readonly Expression[]): string {
  const [first, ...others] = terms;
  if (first === undefined) return '1';
  const level = isNegativeNumber(first) ? 40 : 50;
  const isAsWritten =
    isOne(first) ||
    others.some(
      (term) => isNumber(term) || (term.kind === 'power' && isInteger(term.base) && isInteger(term.exponent)),
    );
  return isAsWritten ? writtenProduct(terms, level) : gatheredProduct(first, others, level);
}

function writtenProduct(terms: readonly Expression[], level: number): string {
  const above = terms.filter((term) => !isBelow(term));
  const below = terms.filter(isBelow).map(({ base, exponent }) => {
    const positive = isNumber(exponent)
      ? opposite(exponent)
      : asProduct(
          partsOf(exponent).map((part, at) =>
            at === 0 ? opposite(part as Expression) : (part as Expression),
          ),
        );
    return isOne(positive) ? base : power(base, positive);
  });
  const top = above.map((term, at) =>
    at === 0 && term.kind !== 'sum' && hasMinus(term) ? sympyText(term) : within(term, level),
  );
  const bottom = below.map((term, at) =>
    at === 0 && below.length > 1 && hasMinus(term) ? sympyText(term) : within(term, level),
  );
  return quotientText(top.join('*') || '1', bottom);
}

function gatheredProduct(first: Expression, others: readonly Expression[], level: number): string {
  const isMinus = isNegativeNumber(first) && isNumber(first);
  let factors: readonly Expression[] = [first, ...others];
  if (isMinus) {
    const coefficient = opposite(first);
    factors = isOne(coefficient) ? others : [coefficient, ...others];
  }
  const top: string[] = [];
  const bottom: string[] = [];
  for (const factor of factors) {
    if (isBelow(factor)) bottom.push(belowText(factor, level));
    else if (factor.kind === 'number') {
      const { n, d } = factor.value;
      if (n !== 1n) top.push(within(number({ n, d: 1n }), level));
      if (d !== 1n) bottom.push(within(number({ n: d, d: 1n }), level));
    } else top.push(within(factor, level));
  }
  return `${isMinus ? '-' : ''}${quotientText(top.join('*') || '1', bottom)}`;
}

function belowText({ base, exponent }: Extract<Expression, { kind: 'power' }>, level: number): string {
  if (isMinusOne(exponent)) {
    const isCompound = base.kind === 'power' || (base.kind === 'product' && base.terms.length !== 1);
    const text = within(base, level);
    return isCompound ? `(${text})` : text;
  }
  const inverted =
    base.kind === 'number' && base.value.n === 1n && base.value.d !== 1n
      ? power(number({ n: base.value.d, d: 1n }), exponent)
      : power(base, opposite(exponent));
  return within(inverted, level);
}

const quotientText = (top: string, bottom: readonly string[]): string =>
  bottom.length === 0 ? top : bottom.length === 1 ? `${top}/${bottom[0]}` : `${top}/(${bottom.join('*')})`;

function powerText(base: Expression, exponent: Expression): string {
  if (isHalf(exponent, 1n)) return `sqrt(${sympyText(base)})`;
  if (isHalf(exponent, -1n)) return `1/sqrt(${sympyText(base)})`;
  if (isMinusOne(exponent)) return `1/${within(base, 60)}`;
  return `${within(base, 60)}**${within(exponent, 60)}`;
}
