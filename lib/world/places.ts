import type { Chart } from './charts';
import type { Drawing, Point, Text } from './drawing';
import { writtenWords } from './drawing';
import type { Query, Question } from './question';
import type { Table } from './tables';
import { isWord, type Printed } from './texts';
import { added } from './wording';
import type { Known } from './world';

/**
 * Solutions of charts, tables and printed texts that say where they read: "Won x=65. Nia y=68: 57." A model that has said
 * the column and the row has two numbers to find the cell by; told that Nia has 57 under Won, it learns to guess. Places are
 * whole pixels of the frame, as in solutions of solids.
 */
export function placedSteps(known: Known, { query }: Question, frame: number): readonly string[] | null {
  if ('table' in known)
    return tableSteps(known.table, gridOf(known.table, known.scene.drawing, frame), query);
  if ('chart' in known)
    return chartSteps(known.chart, barsOf(known.chart, known.scene.drawing, frame), query);
  if ('printed' in known)
    return textSteps(known.printed, linesOf(known.printed, known.scene.drawing, frame), query);
  return null;
}

/** Questions on a picture with the steps that say where they read, where there are such. */
export const placed =
  (known: Known, frame: number) =>
  (question: Question): Question => ({
    ...question,
    steps: placedSteps(known, question, frame) ?? question.steps,
  });

/** A piece of writing and its place: "65,68". */
export interface Piece {
  at: string;
  text: string;
}

/** All that is written in a chart, a table, a printed text or a figure, in the order in which it is drawn, then where bars end;
 * none on solids. */
export function writtenPieces({ scene, ...known }: Known, frame: number): Piece[] {
  if (!('drawing' in scene)) return [];
  const words = textsOf(scene.drawing)
    .flatMap((mark) => piecesOf(mark, frame, 'printed' in known))
    .map(({ text, x, y }) => ({ at: `${x},${y}`, text }));
  const bars = 'chart' in known ? barEnds(known.chart, scene.drawing, frame) : [];
  return [...words, ...bars.map(({ x, y }) => ({ at: `${x},${y}`, text: BAR }))];
}

/** What is said to stand where a bar ends: without it a bar whose value is not printed could not be told. */
export const BAR = 'bar';

export const barEnds = (chart: Chart, drawing: Drawing, frame: number): { x: number; y: number }[] =>
  [...barsOf(chart, drawing, frame).values()].map(({ axis, at, end }) =>
    axis === 'x' ? { x: at, y: end } : { x: end, y: at },
  );

/** "65,68 Nia. 92,68 57." */
export const transcription = (pieces: readonly Piece[]): string =>
  `${pieces.map(({ at, text }) => `${at} ${text}`).join('. ')}.`;

/**
 * A picture in words, for rows that have none: what is written, and where bars end, each with its place. Where to look and what
 * to do with what is read is learnt from them without sight. None of a figure, whose question tells all, and none of solids.
 */
export const toldPicture = (known: Known, frame: number): string | null =>
  'drawing' in known.scene && !('figure' in known) ? transcription(writtenPieces(known, frame)) : null;

// --- places ----------------------------------------------------------------------------------------------------

/** What is read at one look: a word, a number, or a letter of what is neither; with the signs before it. */
interface ReadWord {
  text: string;
  x: number;
  y: number;
  /** Which word of the text mark it belongs to. */
  word: number;
}

const spelled = ({ text, x, y }: ReadWord): string => `${x},${y} ${text}`;

const textsOf = ({ marks }: Drawing): Text[] => marks.filter((mark) => mark.kind === 'text');

const pixels = (hundredths: number, frame: number): number => Math.round((hundredths * frame) / 100);

const PIECE = /[^a-zA-Z0-9]*(?:[A-Za-z]+|\d+)/g;

/** Names in charts and tables are words; printed text has codes as well. */
function piecesOf(mark: Text, frame: number, hasCodes: boolean): ReadWord[] {
  return writtenWords(mark).flatMap(({ word, from, to }, nth) =>
    [...word.matchAll(PIECE)].flatMap(({ 0: whole, index }) => {
      const bare = /[a-zA-Z0-9]+$/.exec(whole)?.[0] ?? whole;
      const signs = whole.slice(0, whole.length - bare.length);
      const start = index + signs.length;
      const parts = isOne(bare, hasCodes) ? [bare] : [...bare];
      return parts.map((part, i): ReadWord => {
        const middle = start + (parts.length > 1 ? i : (bare.length - 1) / 2);
        const share = middle / Math.max(1, word.length - 1);
        const at = (axis: 0 | 1) => pixels(from[axis] + (to[axis] - from[axis]) * share, frame);
        return { text: (i === 0 ? signs : '') + part, x: at(0), y: at(1), word: nth };
      });
    }),
  );
}

/** Capitals and codes are read letter by letter, and numbers of four digits and more digit by digit, but for years in headings. */
const isOne = (bare: string, hasCodes: boolean): boolean =>
  !hasCodes || (/^\d/.test(bare) ? bare.length <= 3 : isWord(bare) && /[a-z]/.test(bare));

/** The middle of a text mark. */
function middleOf(mark: Text | undefined, frame: number): Point {
  if (mark === undefined) throw new Error('a text is missing in the drawing');
  const words = writtenWords(mark);
  const [first, last] = [words[0]?.from ?? [0, 0], words.at(-1)?.to ?? [0, 0]];
  return [pixels((first[0] + last[0]) / 2, frame), pixels((first[1] + last[1]) / 2, frame)];
}

// --- tables ----------------------------------------------------------------------------------------------------

interface Grid {
  columns: ReadonlyMap<string, number>;
  rows: ReadonlyMap<string, number>;
}

/** Headings come first in a table's drawing, then the rows, each with its name first. */
function gridOf({ columns, rows }: Table, drawing: Drawing, frame: number): Grid {
  const texts = textsOf(drawing);
  return {
    columns: new Map(columns.map((name, c) => [name, middleOf(texts[c], frame)[0]])),
    rows: new Map(
      rows.map(({ name }, r) => [name, middleOf(texts[columns.length + r * (columns.length + 1)], frame)[1]]),
    ),
  };
}

function tableSteps({ columns, rows }: Table, grid: Grid, query: Query): string[] | null {
  if (!('column' in query)) return null;
  const c = columns.indexOf(query.column);
  const value = (name: string): number => rows.find((row) => row.name === name)?.cells[c] ?? 0;
  const cell = (name: string): string => `${name} y=${grid.rows.get(name)}: ${value(name)}.`;
  const head = `${query.column} x=${grid.columns.get(query.column)}.`;
  switch (query.ask) {
    case 'cell':
      return [head, cell(query.row)];
    case 'cell-difference': {
      const [a, b] = [value(query.row), value(query.and)];
      return [head, cell(query.row), cell(query.and), `${a} - ${b} = ${a - b}.`];
    }
    case 'column-sum':
      return [head, ...query.of.map(cell), added(query.of.map(value))];
    case 'cost': {
      const prices = query.items.map(({ row, count }) => ({ count, price: value(row) }));
      return [
        head,
        ...query.items.map(({ row }) => cell(row)),
        ...prices.map(({ count, price }) => `${count} * ${price} = ${count * price}.`),
        added(prices.map(({ count, price }) => count * price)),
      ];
    }
    case 'row-of': {
      const best = bestSoFar(query.towards);
      const said = rows.map(({ name }) => {
        const so = best({ name, value: value(name) })[0];
        return `y=${grid.rows.get(name)} ${name} ${value(name)}, ${query.towards} ${so?.value} ${so?.name}.`;
      });
      return [head, ...said];
    }
  }
}

interface Named {
  name: string;
  value: number;
}

/** Keeps what is the largest or the smallest of all that it is given, and the second after it. */
function bestSoFar(towards: 'largest' | 'smallest'): (next: Named) => readonly Named[] {
  let best: readonly Named[] = [];
  const sign = towards === 'largest' ? -1 : 1;
  return (next) => {
    best = [...best, next].sort((a, b) => sign * (a.value - b.value)).slice(0, 2);
    return best;
  };
}

// --- charts ----------------------------------------------------------------------------------------------------

/** Where the bar of each category is, across the bars, and where it ends: "x=62, y=45", or the other way round where bars lie. */
type Bars = ReadonlyMap<string, { axis: 'x' | 'y'; at: number; end: number }>;

function barsOf({ categories }: Chart, { marks }: Drawing, frame: number): Bars {
  return new Map(
    categories.map(({ name }) => {
      const bar = marks.find((mark) => mark.kind === 'area' && mark.means === name);
      const [p, q, r] = bar?.kind === 'area' ? bar.points : [];
      if (!p || !q || !r) throw new Error(`the bar of ${name} is missing in the drawing`);
      // The first side runs along the bar, and the second is its end.
      const lies = p[1] === q[1];
      const across = lies ? 1 : 0;
      const at = pixels((q[across] + r[across]) / 2, frame);
      return [name, { axis: lies ? 'y' : 'x', at, end: pixels(q[1 - across] ?? 0, frame) }] as const;
    }),
  );
}

function chartSteps({ categories }: Chart, bars: Bars, query: Query): string[] | null {
  const value = (name: string): number => categories.find((each) => each.name === name)?.value ?? 0;
  const spot = (name: string): string => {
    const bar = bars.get(name);
    return bar === undefined ? '' : `${bar.axis}=${bar.at}`;
  };
  const end = (name: string): string => {
    const bar = bars.get(name);
    return bar === undefined ? '' : `${bar.axis === 'x' ? 'y' : 'x'}=${bar.end}`;
  };
  const bar = (name: string): string => `${name} ${spot(name)}, ${end(name)}: ${value(name)}.`;
  const scan = (said: (each: Named) => string): string[] =>
    categories.map(
      (each) => `${spot(each.name)} ${each.name}, ${end(each.name)}: ${each.value}, ${said(each)}.`,
    );
  switch (query.ask) {
    case 'value':
      return [bar(query.of)];
    case 'difference': {
      const [a, b] = [value(query.of), value(query.and)];
      return [bar(query.of), bar(query.and), `${a} - ${b} = ${a - b}.`];
    }
    case 'sum':
      return [...query.of.map(bar), added(query.of.map(value))];
    case 'above': {
      let count = 0;
      const said = scan((each) => (each.value > query.limit ? `yes ${++count}` : 'no'));
      return [...said, `That makes ${count} in all.`];
    }
    case 'range': {
      let [high, low] = [-Infinity, Infinity];
      const said = scan((each) => {
        [high, low] = [Math.max(high, each.value), Math.min(low, each.value)];
        return `largest ${high}, smallest ${low}`;
      });
      return [...said, `${high} - ${low} = ${high - low}.`];
    }
    case 'category': {
      const best = bestSoFar(query.towards);
      return scan((each) => {
        const so = best(each).slice(0, query.rank + 1);
        return `${query.towards} ${so.map((one) => `${one.value} ${one.name}`).join(', ')}`;
      });
    }
    default:
      return null;
  }
}

// --- texts -----------------------------------------------------------------------------------------------------

/** Pieces of each line; a receipt's line is its name, then its value. */
function linesOf({ lines, fields }: Printed, drawing: Drawing, frame: number): ReadWord[][] {
  const each = textsOf(drawing).map((mark) => piecesOf(mark, frame, true));
  return fields.length === 0
    ? lines.map((_, i) => each[i] ?? [])
    : fields.flatMap((_, i) => [each[2 * i] ?? [], each[2 * i + 1] ?? []]);
}

/** "25,76 F 41,77 A; 65,79 84": pieces of one word behind one another, words apart. */
const told = (pieces: readonly ReadWord[]): string =>
  pieces
    .map(
      (piece, i) => (i > 0 && pieces[i - 1]?.word !== piece.word ? '; ' : i > 0 ? ' ' : '') + spelled(piece),
    )
    .join('');

function textSteps(
  { fields }: Printed,
  lines: readonly (readonly ReadWord[])[],
  query: Query,
): string[] | null {
  switch (query.ask) {
    case 'line':
      // Line by line, as far as the one that is asked for.
      return (query.line < 0 ? lines : lines.slice(0, query.line + 1)).map((line) => `${told(line)}.`);
    case 'word':
      return lines.slice(0, query.line + 1).map((line) => `${told(line)}.`);
    case 'field': {
      const i = fields.findIndex(({ name }) => name === query.name);
      return [`${told(lines[2 * i] ?? [])}: ${told(lines[2 * i + 1] ?? [])}.`];
    }
    case 'entry': {
      const i = fields.findIndex(({ value }) => value === query.value);
      return [`${told(lines[2 * i + 1] ?? [])}: ${told(lines[2 * i] ?? [])}.`];
    }
    default:
      return null;
  }
}
