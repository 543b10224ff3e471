import { barRoles } from '@/lib/mathematics/bars';
import { isRefused, MAX_DEPTH } from '@/lib/mathematics/cursor';
import {
  type Expression,
  finiteSet,
  holds,
  isOfSymbols,
  keyOf,
  MINUS_ONE,
  number,
  type Relation,
  type RelationSign,
  UNREADABLE,
  type Value,
} from '@/lib/mathematics/expression';
import { CLOSERS } from '@/lib/mathematics/formula';
import { Functions } from '@/lib/mathematics/functions';
import { interval } from '@/lib/mathematics/interval';
import { negative } from '@/lib/mathematics/rational';
import type { TokenType } from '@/lib/mathematics/tokens';

const COMMA_NUMBER = /^\s*-?\d{1,3}(,\d{3})+(\.\d+)?\s*$/;

/**
 * latex2sympy2_extended 1.10.2 (0873506): its grammar (PS.g4) and its conversion (latex2sympy.py) in one. Where the
 * grammar is ambiguous the first alternative wins that lets the whole be read, as ANTLR has it.
 * @returns null where it cannot be read
 * @throws Undecided where the reading takes too long
 */
export const readFormula = (latex: string): Value | null => new Grammar(latex).read();

class Grammar extends Functions {
  read(): Value | null {
    if (this.tokens.length === 0) return null;
    for (const roles of barRoles(this.tokens)) {
      this.roles = roles;
      const value = this.whole();
      if (value !== null) return holds(value, isRefused) ? null : value;
    }
    return null;
  }

  private whole(): Value | null {
    for (const rule of [this.listOfOne, this.list, this.setRelation]) {
      this.at = 0;
      this.depth = 0;
      const value = rule.call(this);
      if (value === null || this.type() !== 'end') continue;
      if (rule !== this.list || !COMMA_NUMBER.test(this.latex)) return value;
      const text = this.latex.trim();
      return this.numeral(/^0/.test(text) ? text.replaceAll(',', '.') : text.replaceAll(',', ''));
    }
    return null;
  }

  protected readPart(latex: string): Value | null {
    return new Grammar(latex).read();
  }

  /** `x = 1, 2, 3`: one equation whose right side is a list. */
  private listOfOne(): Value | null {
    const left = this.attempt(this.letters);
    if (left === null || !this.take('in', '=')) return null;
    const groups = this.groups('no relations');
    return groups && equation(left, setOrOne(groups));
  }
  private list(): Value | null {
    const groups = this.groups('relations');
    return groups && setOrOne(groups);
  }
  private readonly letters = (): Value | null => {
    if (this.type() !== '(') return this.letter();
    return this.enclosed(
      '(',
      () => {
        const elements: Expression[] = [];
        do {
          const letter = this.letter();
          if (letter === null) return null;
          elements.push(letter);
        } while (this.take(','));
        const [only] = elements;
        return elements.length === 1 && only ? only : { kind: 'tuple', elements };
      },
      ')',
    );
  };

  /** Elements between commas, in groups between semicolons. */
  private groups(relations: 'relations' | 'no relations'): Value[][] | null {
    const groups: Value[][] = [];
    do {
      const group: Value[] = [];
      do {
        const element = this.element(relations);
        if (element === null) return null;
        group.push(...element);
      } while (this.take(','));
      groups.push(group);
    } while (this.take(';'));
    return groups;
  }
  private element(relations: 'relations' | 'no relations'): Value[] | null {
    const start = this.at;
    if (this.take('±')) {
      const expression = this.expression();
      return expression && [negated(expression), expression];
    }
    const left = this.attempt(this.expression);
    const end = this.at;
    if (left && this.take('±')) {
      const right = this.expression();
      return (
        right && [
          { kind: 'sum', terms: [left, right] },
          { kind: 'sum', terms: [left, negated(right)] },
        ]
      );
    }
    this.at = start;
    const set = this.attempt(() => {
      const atom = this.setAtom();
      return atom !== null && CLOSERS.has(this.type()) ? atom : null;
    });
    if (set !== null) return [set];
    if (left === null) return null;
    this.at = end;
    const value = relations === 'relations' ? this.relation(left) : left;
    return value && [value];
  }
  private relation(first: Expression): Value | null {
    let left: Value = first;
    for (;;) {
      const sign = this.attempt(() => this.take('in', '=', '==', '≈', '<', '≤', '>', '≥', '≠'));
      if (sign === null) return left;
      const right = this.expression();
      if (right === null) return null;
      if (sign.type === 'in') left = UNREADABLE;
      else if (sign.type === '≈') left = isOfSymbols(left) ? right : left;
      else {
        const relation = related(left, sign.type === '==' ? '=' : (sign.type as RelationSign), right);
        if (relation === null) return null;
        left = relation;
      }
    }
  }

  private setRelation(): Value | null {
    const equal = this.attempt(() => {
      const left = this.letters();
      const sign = left && this.take('in', 'notin', '=');
      if (!left || !sign) return null;
      const right = this.setRelation();
      if (right === null) return null;
      return sign.type === 'notin' ? UNREADABLE : equation(left, right);
    });
    const set = equal ?? this.difference();
    if (set === null || !this.take('subset', 'supset')) return set;
    return this.setRelation() && UNREADABLE;
  }
  private readonly difference = (): Value | null =>
    this.chained('setminus', 'difference', () =>
      this.chained('cup', 'union', () => this.chained('cap', 'intersection', this.setGroup)),
    );
  private chained(
    sign: TokenType,
    kind: 'union' | 'intersection' | 'difference',
    rule: () => Value | null,
  ): Value | null {
    let left = rule();
    while (left !== null && this.take(sign)) {
      const right = rule();
      if (right === null) return null;
      const sets = [left, right].map((set) =>
        set.kind === 'tuple' && kind !== 'difference' ? finiteSet(set.elements) : set,
      );
      left = { kind, sets };
    }
    return left;
  }
  private readonly setGroup = (): Value | null =>
    this.enclosed('(', this.difference, ')') ?? this.attempt(() => this.setAtom());

  private setAtom(): Value | null {
    const open = this.type();
    const named = this.take('named set');
    if (named) return NAMED_SETS[named.text] ?? UNREADABLE;
    const between = INTERVAL_OPEN.has(open) && this.attempt(() => this.interval());
    if (between) return between;
    const elements = (from: TokenType, to: TokenType) =>
      this.enclosed(from, () => this.groups('relations'), to);
    const tuple = elements('(', ')') ?? elements('\\(', '\\)') ?? elements('[', ']');
    if (tuple) {
      const [first] = tuple[0] ?? [];
      return tuple.length === 1 && tuple[0]?.length === 1 && first
        ? first
        : { kind: 'tuple', elements: tuple.flat() };
    }
    if (open === '{' && this.type(1) === '}') {
      this.at += 2;
      return { kind: 'named set', name: '∅' };
    }
    const set = elements('{', '}') ?? elements('\\{', '\\}');
    if (set) return finiteSet(set.flat());
    const boxed = this.attempt(() => (this.take('boxed') ? elements('{', '}') : null));
    return boxed && setOrOne(boxed);
  }
  private interval(): Value | null {
    const open = this.tokens[this.at];
    this.at++;
    if (this.depth >= MAX_DEPTH) return null;
    this.depth++;
    const start = this.expression();
    const end = start && this.take(',') ? this.expression() : null;
    this.depth--;
    if (!open || !start || !end) return null;
    const close = this.take(']', ')', '\\)', 'rbrack', 'rgroup');
    return close && interval(start, end, OPEN_ENDS.has(open.type), OPEN_ENDS.has(close.type));
  }
}

const INTERVAL_OPEN: ReadonlySet<TokenType> = new Set(['[', '(', '\\(', 'lbrack', 'lgroup']);
const OPEN_ENDS: ReadonlySet<TokenType> = new Set(['(', '\\(', 'lgroup', ')', '\\)', 'rgroup']);
const NAMED_SETS: Record<string, Value> = Object.fromEntries(
  Object.entries({
    ℕ: '\\mathbb{N} ℕ',
    ℤ: '\\mathbb{Z} ℤ',
    ℚ: '\\mathbb{Q} ℚ',
    ℝ: '\\mathbb{R} ℝ',
    ℂ: '\\mathbb{C} ℂ',
    '∅': '\\emptyset ∅ \\{\\} \\lbrace\\rbrace',
  }).flatMap(([name, texts]) =>
    texts.split(' ').map((text) => [text, { kind: 'named set', name: name as 'ℕ' }] as const),
  ),
);

const equation = (left: Value, right: Value): Relation => ({ kind: 'relation', sign: '=', left, right });
const negated = (value: Expression): Expression =>
  value.kind === 'number' ? number(negative(value.value)) : { kind: 'product', terms: [MINUS_ONE, value] };

/**
 * A relation, or a chain of them, which upstream keeps in an And of SymPy's: one that contradicts itself by its form is
 * "false" there, and twice the same is no And at all, on which the reading fails.
 */
function related(left: Value, sign: RelationSign, right: Value): Value | null {
  const before = left.kind === 'chain' ? left.relations : left.kind === 'relation' ? [left] : [];
  const last = before.at(-1);
  const relation: Relation = { kind: 'relation', sign, left: last?.right ?? left, right };
  if (last === undefined) return relation;
  const denied = told({ ...relation, sign: DENIED[sign] });
  if (before.some((each) => told(each) === denied)) return { kind: 'false' };
  return before.length === 1 && told(last) === told(relation)
    ? null
    : { kind: 'chain', relations: [...before, relation] };
}
const DENIED: Readonly<Record<RelationSign, RelationSign>> = {
  '=': '≠',
  '≠': '=',
  '<': '≥',
  '≥': '<',
  '>': '≤',
  '≤': '>',
};

/** The same for `a < b` and `b > a`. */
function told({ sign, left, right }: Relation): string {
  const [a, b] = [keyOf(left), keyOf(right)];
  if (sign === '>') return `${b}<${a}`;
  if (sign === '≥') return `${b}≤${a}`;
  return sign === '<' || sign === '≤' || a < b ? `${a}${sign}${b}` : `${b}${sign}${a}`;
}

function setOrOne(groups: readonly (readonly Value[])[]): Value {
  const [first = []] = groups;
  if (groups.length === 1) {
    const [only] = first;
    return first.length === 1 && only ? only : finiteSet(first);
  }
  if (groups.every((group) => group.length === 1)) return finiteSet(groups.flat());
  return finiteSet(groups.map((elements) => ({ kind: 'tuple', elements }) as const));
}
