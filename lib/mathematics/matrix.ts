import { call, type Expression, product, sum, whole } from '@/lib/mathematics/expression';

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
  if (value.kind === 'function' && value.parts[0]?.kind === 'matrix') {
    const { rows } = value.parts[0];
    if (value.name === 'det' && rows.length === rows[0]?.length && rows.length <= 5) return determinant(rows);
    if (value.name === 'trace') return rows.map((row, at) => row[at] ?? whole(0)).reduce(sum);
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

function determinant(rows: Rows): Expression {
  const [first = []] = rows;
  if (rows.length === 1) return first[0] ?? whole(0);
  return first
    .map((entry, column) => {
      const minor = determinant(rows.slice(1).map((row) => row.filter((_, at) => at !== column)));
      return product(product(whole(column % 2 ? -1 : 1), entry), minor);
    })
    .reduce(sum);
}
