import type { Drawing, Point, Text } from './drawing';
import { fail, must, mustSay, stemOf, type Truth } from './must';
import type { Question } from './question';
import type { Diagram } from './scene';

/** Measures the figure on the sheet, where what is given sets the scale. */
export function measured({ drawing, points }: Diagram, question: Question): number {
  const at = (name: string): Point => points[name] ?? fail(`there is no point ${name}`);
  const far = (p: string, q: string): number => Math.hypot(at(p)[0] - at(q)[0], at(p)[1] - at(q)[1]);
  const angle = (p: string, q: string, r: string): number => {
    const cosine = (far(p, q) ** 2 + far(q, r) ** 2 - far(p, r) ** 2) / (2 * far(p, q) * far(q, r));
    return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
  };
  const lines = drawing.marks.flatMap((mark) =>
    mark.kind === 'line' && mark.points.length === 2 ? [mark.points] : [],
  );
  const off = ([x, y]: Point, [a, b]: readonly Point[]): number => {
    if (!a || !b) return Number.POSITIVE_INFINITY;
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const t = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy);
  };
  const mustBeDrawn = (p: string, q: string): void =>
    must(
      lines.some((line) => off(at(p), line) < 0.1 && off(at(q), line) < 0.1),
      `${p}${q} is not drawn`,
    );
  const letters = new Set(textsOf(drawing).map((mark) => mark.text));
  for (const name of Object.keys(points))
    must(letters.has(name) || !question.text.includes(name), `${name} has no letter`);

  const said = `${question.text} ${question.steps[0]}`
    .replaceAll('angle ', '∠')
    .replaceAll('the measure of ', '');
  const close = (is: number, should: number): boolean => Math.abs(is - should) < 0.05;
  let scale: number | null = null;
  for (const [, p = '', q = '', r = '', value] of said.matchAll(/∠([A-Z])([A-Z])([A-Z]) = (\d+)°/g)) {
    must(close(angle(p, q, r), Number(value)), `∠${p}${q}${r} is drawn as ${angle(p, q, r)}°, not ${value}°`);
    mustBeDrawn(p, q);
    mustBeDrawn(q, r);
  }
  for (const [, p = '', q = '', value] of said.matchAll(/(?<![A-Z∠])([A-Z])([A-Z]) = (\d+)(?![\d°²])/g)) {
    const own = far(p, q) / Number(value);
    scale ??= own;
    must(close((100 * own) / scale, 100), `${p}${q} = ${value} is not true to scale`);
    mustBeDrawn(p, q);
  }
  // A number that stands in the picture only must not be one that a part could have.
  const shown = (question.steps[0] ?? '').startsWith('The figure shows') ? (question.steps[0] ?? '') : '';
  for (const [, p = '', q = ''] of shown.matchAll(/(?<![A-Z∠])([A-Z])([A-Z]) = \d/g))
    for (const line of lines) {
      const named = Object.values(points).filter((point) => line.some((end) => end === point));
      const cut = named.length === 2 && crosses(at(p), at(q), line);
      must(!cut, `${p}${q} is divided, and its length stands in the picture only`);
    }
  const direction = (p: string, q: string): number => Math.atan2(at(q)[1] - at(p)[1], at(q)[0] - at(p)[0]);
  const turn = (line: string, other: string): number =>
    Math.abs(
      Math.sin(direction(line.charAt(0), line.charAt(1)) - direction(other.charAt(0), other.charAt(1))),
    );
  for (const [, one = '', other = ''] of said.matchAll(/([A-Z]{2}) is parallel to ([A-Z]{2})/g))
    must(turn(one, other) < 1e-3, `${one} is not parallel to ${other}`);
  for (const [, one = '', other = ''] of said.matchAll(/([A-Z]{2}) is perpendicular to ([A-Z]{2})/g))
    must(turn(one, other) > 1 - 1e-6, `${one} is not perpendicular to ${other}`);
  for (const [, one = '', touch = ''] of said.matchAll(
    /([A-Z]{2}) is tangent to (?:circle O|it) at ([A-Z])/g,
  ))
    must(turn(one, `O${touch}`) > 1 - 1e-6, `${one} is not tangent at ${touch}`);
  for (const [, p = '', q = '', r = '', s = ''] of question.text.matchAll(
    /(?<![A-Z∠])([A-Z])([A-Z]) = ([A-Z])([A-Z])(?=[ .,])/g,
  ))
    must(close((100 * far(p, q)) / far(r, s), 100), `${p}${q} and ${r}${s} are not equal`);

  const { query } = question;
  if (query.ask === 'angle') {
    const [p, q, r] = query.at;
    mustSay(question, query.at.join(''));
    mustBeDrawn(p, q);
    mustBeDrawn(q, r);
    return whole(angle(p, q, r));
  }
  const unit = scale ?? fail('nothing sets the scale');
  if (query.ask === 'length') {
    mustSay(question, query.ends.join(''));
    mustBeDrawn(...query.ends);
    return whole(far(...query.ends) / unit);
  }
  if (query.ask !== 'area') return fail(`"${query.ask}" is nothing to ask of a figure`);
  mustSay(question, query.ring.join(''));
  // By triangles from the first corner, each from its sides alone.
  const [first = '', ...others] = query.ring;
  const total = others.slice(1).reduce((sum, corner, i) => {
    const [a, b, c] = [far(first, others[i] ?? ''), far(others[i] ?? '', corner), far(corner, first)];
    const half = (a + b + c) / 2;
    return sum + Math.sqrt(Math.max(0, half * (half - a) * (half - b) * (half - c)));
  }, 0);
  return whole(total / unit ** 2);
}

/** Whether a line meets the inside of the way from one point to another, anywhere but at its ends. */
function crosses(a: Point, b: Point, [c, d]: readonly Point[]): boolean {
  if (!c || !d) return false;
  const [ux, uy, vx, vy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const det = ux * vy - uy * vx;
  if (Math.abs(det) < 1e-6) return false;
  const t = ((c[0] - a[0]) * vy - (c[1] - a[1]) * vx) / det;
  const s = ((c[0] - a[0]) * uy - (c[1] - a[1]) * ux) / det;
  return t > 0.01 && t < 0.99 && s > -0.01 && s < 1.01;
}

/** The whole number that a measure comes to, where it comes to one. */
function whole(value: number): number {
  must(Math.abs(value - Math.round(value)) < 0.02, `${value} is measured, which is no whole number`);
  return Math.round(value);
}

// --- charts, tables, texts -------------------------------------------------------------------------------------

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);
export const textsOf = ({ marks }: Drawing): Text[] => marks.filter((mark) => mark.kind === 'text');
const isNumber = ({ text }: Text): boolean => /^\d+$/.test(text);

/** Values by name: how long each bar is, in the unit by which the axis is numbered. */
export function readBars(drawing: Drawing): Map<string, number> {
  const bars = drawing.marks.flatMap((mark) => {
    if (mark.kind !== 'area' || mark.means === undefined) return [];
    const [xs, ys] = [mark.points.map(([x]) => x), mark.points.map(([, y]) => y)];
    return [
      {
        name: mark.means,
        x: [Math.min(...xs), Math.max(...xs)] as const,
        y: [Math.min(...ys), Math.max(...ys)] as const,
      },
    ];
  });
  const lying = new Set(bars.map(({ x }) => x[0])).size === 1;
  const [along, across] = lying ? ([0, 1] as const) : ([1, 0] as const);
  const numbers = textsOf(drawing).filter(isNumber);
  const zero = numbers.find(({ text }) => text === '0') ?? fail('the axis has no 0');
  const axis = numbers.filter((mark) => mark.at[across] === zero.at[across] && mark.anchor === zero.anchor);
  const top = axis.reduce((most, mark) => (Number(mark.text) > Number(most.text) ? mark : most));
  const perUnit = Math.abs(top.at[along] - zero.at[along]) / Number(top.text);
  for (const mark of axis)
    must(
      Math.abs(Math.abs(mark.at[along] - zero.at[along]) - perUnit * Number(mark.text)) < 1e-6,
      'the axis is uneven',
    );
  const values = new Map<string, number>();
  for (const { name, x, y } of bars) {
    const [low, high] = lying ? x : y;
    const value = whole((high - low) / perUnit);
    const middle = lying ? (y[0] + y[1]) / 2 : (x[0] + x[1]) / 2;
    const beside = (mark: Text): boolean => Math.abs(mark.at[across] - middle) < 2.5;
    must(
      textsOf(drawing).some((mark) => mark.text === name && beside(mark)),
      `the bar of ${name} has not its name beside it`,
    );
    for (const mark of numbers)
      if (!axis.includes(mark) && beside(mark))
        must(Number(mark.text) === value, `${mark.text} stands at the bar of ${value}`);
    values.set(name, value);
  }
  must(values.size === bars.length, 'two bars have the same name');
  return values;
}

export function charted(values: ReadonlyMap<string, number>, question: Question): Truth {
  const { query } = question;
  const of = (name: string): number => {
    mustSay(question, name);
    return values.get(name) ?? fail(`there is no bar of ${name}`);
  };
  const all = [...values.values()];
  switch (query.ask) {
    case 'category': {
      const small = /smallest|lowest|shortest/.test(stemOf(question));
      must(
        small === (query.towards === 'smallest') &&
          small !== /largest|highest|greatest|longest/.test(stemOf(question)),
        'large and small are exchanged',
      );
      must((query.rank === 1) === stemOf(question).includes('second'), 'the question names another rank');
      // It has as many before it as the rank says, and none is its equal.
      const found = [...values].filter(
        ([, value]) =>
          all.filter((other) => (small ? other < value : other > value)).length === query.rank &&
          all.filter((other) => other === value).length === 1,
      );
      return found.length === 1 ? (found[0]?.[0] ?? '') : fail(`${found.length} bars are meant`);
    }
    case 'value':
      return of(query.of);
    case 'difference':
      must(of(query.of) > of(query.and), 'the difference is not above 0');
      return of(query.of) - of(query.and);
    case 'range':
      return Math.max(...all) - Math.min(...all);
    case 'sum':
      must(new Set(query.of).size === query.of.length, 'a bar is added twice');
      return total(query.of.map(of));
    case 'above':
      mustSay(question, query.limit);
      must(!all.includes(query.limit), 'a bar ends on the line');
      return all.filter((value) => value > query.limit).length;
    default:
      return fail(`"${query.ask}" is nothing to ask of a chart`);
  }
}

/** Rows from the top, each from the left. */
function linesOf(texts: readonly Text[]): string[][] {
  const heights = [...new Set(texts.map((mark) => mark.at[1]))].sort((a, b) => a - b);
  return heights.map((y) =>
    texts
      .filter((mark) => mark.at[1] === y)
      .sort((a, b) => a.at[0] - b.at[0])
      .map((mark) => mark.text),
  );
}

interface Cells {
  columns: readonly string[];
  rows: ReadonlyMap<string, readonly number[]>;
}

export function readTable(drawing: Drawing): Cells {
  const [columns = [], ...rows] = linesOf(textsOf(drawing));
  for (const row of rows) must(row.length === columns.length + 1, 'a row is too short or too long');
  const byName = new Map(rows.map(([name = '', ...cells]) => [name, cells.map(Number)]));
  must(byName.size === rows.length, 'two rows have the same name');
  return { columns, rows: byName };
}

export function tabulated({ columns, rows }: Cells, question: Question): Truth {
  const { query } = question;
  if (!('column' in query)) return fail(`"${query.ask}" is nothing to ask of a table`);
  mustSay(question, query.column);
  must(columns.filter((column) => column === query.column).length === 1, 'the column is not one');
  const c = columns.indexOf(query.column);
  const of = (name: string): number => {
    mustSay(question, name);
    return rows.get(name)?.[c] ?? fail(`there is no row ${name}`);
  };
  switch (query.ask) {
    case 'cell':
      return of(query.row);
    case 'column-sum':
      must(new Set(query.of).size === query.of.length, 'a row is added twice');
      return total(query.of.map(of));
    case 'cell-difference':
      must(of(query.row) > of(query.and), 'the difference is not above 0');
      return of(query.row) - of(query.and);
    case 'row-of': {
      const small = /smallest|lowest/.test(stemOf(question));
      must(
        small === (query.towards === 'smallest') && small !== /largest|highest/.test(stemOf(question)),
        'large and small are exchanged',
      );
      const column = [...rows.values()].map((row) => row[c] ?? Number.NaN);
      const best = small ? Math.min(...column) : Math.max(...column);
      const found = [...rows].filter(([, row]) => row[c] === best);
      return found.length === 1 ? (found[0]?.[0] ?? '') : fail(`${found.length} rows are meant`);
    }
    case 'cost':
      return total(
        query.items.map(({ row, count }) => {
          mustSay(question, `${count} x ${row}`);
          return count * of(row);
        }),
      );
  }
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

export function readOut(texts: readonly Text[], question: Question): string {
  const { query } = question;
  const lines = linesOf(texts);
  const line = (i: number): string => {
    mustSay(question, ORDINALS[i] ?? '?');
    return lines[i]?.join(' ') ?? fail(`there is no line ${i}`);
  };
  switch (query.ask) {
    case 'line':
      return query.line < 0 ? lines.flat().join(' ') : line(query.line);
    case 'word':
      mustSay(question, ORDINALS[query.word] ?? '?');
      return line(query.line).split(' ')[query.word] ?? fail('there is no such word');
    case 'field':
    case 'entry': {
      const [from, to, key] = query.ask === 'field' ? [0, 1, query.name] : [1, 0, query.value];
      mustSay(question, `"${key}"`);
      const found = lines.filter((parts) => parts[from] === key);
      must(found.length === 1 && found[0]?.length === 2, `${found.length} lines have ${key}`);
      return found[0]?.[to] ?? '';
    }
    default:
      return fail(`"${query.ask}" is nothing to ask of a text`);
  }
}
