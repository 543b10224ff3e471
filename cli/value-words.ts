import { type Expression, isSet, keyOf, type Value } from '@/lib/mathematics/expression';
import type { Rational } from '@/lib/mathematics/rational';

/** What is read of an answer, in words: "the number 1/2", "the set {1, 2}". */
export function valueWords(value: Value): string {
  const written = formula(value);
  switch (value.kind) {
    case 'number':
    case 'decimal':
    case 'constant':
      return `the number ${written}`;
    case 'symbol':
      return `the symbol ${written}`;
    case 'matrix':
    case 'interval':
    case 'tuple':
      return `the ${value.kind} ${written}`;
    case 'relation':
    case 'chain':
      return `the relation ${written}`;
    case 'unreadable':
      return 'a formula that Math-Verify cannot convert, which equals nothing';
    default:
      return isSet(value) ? `the set ${written}` : `the expression ${written}`;
  }
}

/** In the usual signs on one line, much as SymPy prints it. */
export function formula(value: Value): string {
  switch (value.kind) {
    case 'number':
      return value.value.d === 1n ? `${value.value.n}` : `${value.value.n}/${value.value.d}`;
    case 'decimal':
      return decimal(value.value);
    case 'constant':
    case 'named set':
    case 'symbol':
      return value.name;
    case 'sum':
      return value.terms.map(formula).join(' + ').replaceAll('+ -', '- ');
    case 'product':
      return product(value.terms);
    case 'power':
      return keyOf(value.exponent) === '1/2'
        ? `sqrt(${formula(value.base)})`
        : `${within(value.base, ATOM)}^${within(value.exponent, ATOM)}`;
    case 'function':
      // A function that is not known is called `f()` within.
      return `${value.name.replace('()', '')}(${value.parts.map(formula).join(', ')})`;
    case 'matrix':
      return `[${value.rows.map((row) => `[${row.map(formula).join(', ')}]`).join(', ')}]`;
    case 'relation':
      return `${formula(value.left)} ${value.sign} ${formula(value.right)}`;
    case 'chain':
      return value.relations.map(formula).join(' and ');
    case 'interval':
      return `${value.startOpen ? '(' : '['}${formula(value.start)}, ${formula(value.end)}${value.endOpen ? ')' : ']'}`;
    case 'set':
      return `{${value.elements.map(formula).join(', ')}}`;
    case 'tuple':
      return `(${value.elements.map(formula).join(', ')})`;
    case 'union':
      return value.sets.map(formula).join(' ∪ ');
    case 'intersection':
      return value.sets.map(formula).join(' ∩ ');
    case 'difference':
      return value.sets.map(formula).join(' ∖ ');
    default:
      return keyOf(value);
  }
}

/** `-3*x/y`: the read form has -1 and powers of -1 as factors. */
function product(terms: readonly Expression[]): string {
  const [first, ...others] = terms;
  if (first !== undefined && others.length > 0 && keyOf(first) === '-1/1') return `-${product(others)}`;
  const under = terms.flatMap((term) =>
    term.kind === 'power' && keyOf(term.exponent) === '-1/1' ? [term.base] : [],
  );
  const over = terms.filter((term) => !(term.kind === 'power' && under.includes(term.base)));
  return [
    over.map((term) => within(term, FACTOR)).join('*') || '1',
    ...under.map((base) => within(base, ATOM)),
  ].join('/');
}

const ATOM = /^[\p{L}\p{N}.]+$|^\w+\([^()]*\)$/u;
const FACTOR = /^[^-\s/][^\s/]*$/;

/** In parentheses where it is no `plain` part. */
const within = (value: Value, plain: RegExp): string => {
  const written = formula(value);
  return plain.test(written) ? written : `(${written})`;
};

/** With all its digits; what is no decimal fraction as a quotient. */
function decimal({ n, d }: Rational): string {
  let places = 0;
  let power = 1n;
  while (power % d !== 0n && places < 1000) {
    power *= 10n;
    places += 1;
  }
  if (power % d !== 0n) return `${n}/${d}`;
  const digits = `${(n < 0n ? -n : n) * (power / d)}`.padStart(places + 1, '0');
  const at = digits.length - places;
  return `${n < 0n ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at) || '0'}`;
}
