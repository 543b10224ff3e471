import { REFUSED } from '@/lib/mathematics/cursor';
import { call, type Expression, product, sum, whole } from '@/lib/mathematics/expression';
import { folded } from '@/lib/mathematics/fold';

type Rows = readonly (readonly Expression[])[];
const MAX_SIDE = 8;

/** The expression with its sums and products of matrices carried out, as far as they can be. */
export function determined(value: Expression): Expression {
  if (value.kind === 'sum') {
    const terms = value.terms.map(determined);
    if (!terms.some(({ kind }) => kind === 'matrix')) return value;
    return terms.reduce((left, right) => combined(left, right, plus));
  }
  if (value.kind === 'product') {
    const terms = value.terms.map(determined);
    if (!terms.some(({ kind }) => kind === 'matrix')) return value;
    return terms.reduce((left, right) => combined(left, right, times));
  }
  return value;
}

const combined = (
  left: Expression,
  right: Expression,
  rule: (left: Expression, right: Expression) => Expression | null,
): Expression => rule(left, right) ?? call('refused');

function plus(left: Expression, right: Expression): Expression | null {
  if (left.kind !== 'matrix' || right.kind !== 'matrix') return null;
  if (left.rows.length !== right.rows.length || left.rows[0]?.length !== right.rows[0]?.length) return null;
  return {
    kind: 'matrix',
    rows: left.rows.map((row, i) => row.map((entry, j) => sum(entry, right.rows[i]?.[j] ?? whole(0)))),
  };
}

function times(left: Expression, right: Expression): Expression | null {
  if (left.kind !== 'matrix' && right.kind !== 'matrix') return product(left, right);
  if (left.kind !== 'matrix') return scaled(right, left);
  if (right.kind !== 'matrix') return scaled(left, right);
  if (
    left.rows[0]?.length !== right.rows.length ||
    left.rows.length > MAX_SIDE ||
    right.rows.length > MAX_SIDE
  )
    return null;
  return {
    kind: 'matrix',
    rows: left.rows.map((row) =>
      (right.rows[0] ?? []).map((_, j) =>
        row.map((entry, k) => product(entry, right.rows[k]?.[j] ?? whole(0))).reduce(sum),
      ),
    ),
  };
}
const scaled = (matrix: Expression, by: Expression): Expression | null =>
  matrix.kind === 'matrix'
    ? { kind: 'matrix', rows: matrix.rows.map((row) => row.map((entry) => product(by, entry))) }
    : null;

/** Upstream takes it as it reads it. */
export function determinant(matrix: Expression): Expression {
  if (matrix.kind !== 'matrix' || matrix.rows.length !== matrix.rows[0]?.length) return REFUSED;
  return matrix.rows.length > MAX_SIDE - 3 ? call('det', matrix) : folded(expanded(matrix.rows));
}
export function trace(matrix: Expression): Expression {
  if (matrix.kind !== 'matrix' || matrix.rows.length !== matrix.rows[0]?.length) return REFUSED;
  return folded(matrix.rows.map((row, at) => row[at] ?? whole(0)).reduce(sum));
}

function expanded(rows: Rows): Expression {
  const [first = []] = rows;
  if (rows.length === 1) return first[0] ?? whole(0);
  return first
    .map((entry, column) => {
      const minor = expanded(rows.slice(1).map((row) => row.filter((_, at) => at !== column)));
      return product(product(whole(column % 2 ? -1 : 1), entry), minor);
    })
    .reduce(sum);
}
