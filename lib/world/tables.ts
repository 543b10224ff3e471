import { NAME_SETS } from './charts';
import { area, line, type Mark, type Rgb, text, widthOf } from './drawing';
import { type Asked, type Difficulty, type Query, words } from './question';
import { Random } from './random';
import { type FlatScene, splitOf } from './scene';
import { fill, list, pickWording } from './wording';

/** Small tables of whole numbers, and questions that look up and calculate. */

export interface Table {
  columns: readonly string[];
  rows: readonly { name: string; cells: readonly number[] }[];
}

const COLUMN_SETS = [
  ['Won', 'Lost', 'Drawn'],
  ['Small', 'Mid', 'Large'],
  ['2021', '2022', '2023'],
  ['Red', 'Blue', 'Green'],
  ['Math', 'Art', 'Music'],
] as const;

const WORDINGS = {
  cell: [
    'What is the {column} value of {row} in the table?',
    'In the table, what number stands for {row} under {column}?',
    'What does the table give for {row} in the column {column}?',
    'Read off the entry of {row} under {column}.',
    'Which number is in row {row}, column {column}?',
    'Look up {row} under {column}. What is the number?',
    'What is the entry in the {column} column for {row}?',
    'According to the table, what is {column} for {row}?',
    'Find the cell of {row} and {column}. What does it say?',
    'For {row}, which number is listed under {column}?',
  ],
  sum: [
    'What is the sum of the {column} column for {names}?',
    'Add up the {column} values of {names}.',
    'What do {names} have together under {column}?',
    'What is the total of {names} in the column {column}?',
    'How large is the sum of {names} under {column}?',
    'According to the table, what do {names} add up to in {column}?',
    'Taken together, what is {column} for {names}?',
    'Sum the entries of {names} under {column}.',
    'If the {column} entries of {names} are added, what results?',
    'Find the combined {column} value of {names}.',
  ],
  difference: [
    'How much larger is {row} than {other} in the column {column}?',
    'What is the difference between {row} and {other} under {column}?',
    'By how much does {row} exceed {other} in {column}?',
    'Subtract the {column} value of {other} from that of {row}.',
    'How many more does {row} have than {other} under {column}?',
    'In {column}, how far is {row} ahead of {other}?',
    'What is {row} minus {other} in the {column} column?',
    'According to the table, by how many is {row} above {other} in {column}?',
    'Under {column}, what must be added to {other} to reach {row}?',
    'How great is the lead of {row} over {other} in {column}?',
  ],
  row: [
    'Who or what has the {word} value under {column}?',
    'Which row has the {word} entry in the column {column}?',
    'In the column {column}, which row is {word}?',
    'Which name has the {word} number under {column}?',
    'Find the {word} {column} value. Which row is it in?',
    'According to the table, which row has the {word} {column}?',
    'Which entry leads to the {word} number in {column}?',
    'Name the row with the {word} value of {column}.',
    'Whose {column} value is {word}?',
    'Look down the column {column}: in which row is the {word} number?',
  ],
  cost: [
    'Using the prices under {column}, how much do {items} cost together?',
    'What is the total price of {items} at the prices under {column}?',
    'At the prices listed under {column}, what do {items} cost?',
    'How much must be paid for {items}, with the prices under {column}?',
    'If the numbers under {column} are prices, what do {items} cost in all?',
    'Take the column {column} as prices. What is the bill for {items}?',
    'With {column} as the price of one, how much are {items}?',
    'Calculate the cost of {items} from the prices under {column}.',
    'Somebody buys {items} at the {column} prices. What is the sum?',
    'Find the amount due for {items} when {column} lists the prices.',
  ],
} as const;

export const MOST_TABLE = 60;
const NAMES = [...new Set(NAME_SETS.flat())];

export function table(seed: number): Asked<FlatScene & { kind: 'table' }> & { table: Table } {
  const target = new Random(seed, 'table/answer').int(0, NAMES.length + MOST_TABLE - 2);
  const name = NAMES[target];
  const wanted = name ?? String(target - NAMES.length + 2);
  for (let attempt = 0; ; attempt++) {
    const random = new Random(seed, `table/${attempt}`);
    const made = draft(random, wanted, name !== undefined, splitOf(seed) === 'test-hard');
    if (!made) continue;
    const wording = pickWording(splitOf(seed), random.split('wording'), WORDINGS[made.wording]);
    return {
      scene: { kind: 'table', seed, drawing: draw(made.table, random.split('draw')) },
      table: made.table,
      question: {
        task: 'table',
        kind: `table-${made.wording}`,
        text: fill(wording.template, made.values),
        options: null,
        answer: words(wanted),
        steps: made.steps,
        difficulty: made.difficulty,
        phrasing: { index: wording.index, seen: wording.seen },
        query: made.query,
      },
    };
  }
}

interface Draft {
  table: Table;
  wording: keyof typeof WORDINGS;
  query: Query;
  values: Record<string, string>;
  steps: string[];
  difficulty: Difficulty;
}

function draft(random: Random, wanted: string, isName: boolean, hard: boolean): Draft | null {
  const names = isName
    ? random.pick(NAME_SETS.filter((set) => set.some((n) => n === wanted)))
    : random.pick(NAME_SETS);
  const rowCount = hard ? random.int(5, 6) : random.int(3, 5);
  let chosen: string[] = random.shuffle<string>(names).slice(0, rowCount);
  if (isName && !chosen.includes(wanted)) chosen = [wanted, ...chosen.slice(1)];
  const columns = random.pick(COLUMN_SETS).slice(0, hard ? 3 : random.int(2, 3));
  const most = random.pick([9, 20, 45]);
  const rows = chosen.map((name) => ({ name, cells: columns.map(() => random.int(2, most)) }));
  const made: Table = { columns, rows };
  const c = random.int(0, columns.length - 1);
  const column = columns[c] ?? '';
  const value = (row: Table['rows'][number]): number => row.cells[c] ?? 0;
  const read = (some: readonly Table['rows'][number][]): string =>
    list(some.map((row) => `${row.name} ${value(row)}`));
  if (isName) {
    const towards = random.pick(['largest', 'smallest'] as const);
    const order = [...rows].sort((a, b) =>
      towards === 'largest' ? value(b) - value(a) : value(a) - value(b),
    );
    const [best, second] = order;
    if (!best || !second || best.name !== wanted || value(best) === value(second)) return null;
    return {
      table: made,
      wording: 'row',
      query: { ask: 'row-of', column, towards },
      values: {
        column,
        word: random.pick(towards === 'largest' ? ['largest', 'highest'] : ['smallest', 'lowest']),
      },
      steps: [`Under ${column}: ${read(rows)}.`, `The ${towards} is ${wanted}.`],
      difficulty: 2,
    };
  }
  const answer = Number(wanted);
  for (const kind of random.shuffle(['cell', 'sum', 'sum', 'difference', 'cost', 'cost'] as const)) {
    if (kind === 'cell') {
      const row = rows.find((r) => value(r) === answer);
      if (!row) continue;
      return {
        table: made,
        wording: 'cell',
        query: { ask: 'cell', row: row.name, column },
        values: { row: row.name, column },
        steps: [`The row ${row.name} has ${answer} under ${column}.`],
        difficulty: 1,
      };
    }
    if (kind === 'difference') {
      const pairs = rows.flatMap((a) =>
        rows.filter((b) => value(a) - value(b) === answer).map((b) => ({ a, b })),
      );
      if (pairs.length === 0) continue;
      const { a, b } = random.pick(pairs);
      return {
        table: made,
        wording: 'difference',
        query: { ask: 'cell-difference', column, row: a.name, and: b.name },
        values: { column, row: a.name, other: b.name },
        steps: [`Under ${column}: ${read([a, b])}.`, `${value(a)} - ${value(b)} = ${answer}.`],
        difficulty: 2,
      };
    }
    const some = random.shuffle(rows).slice(0, random.int(2, kind === 'cost' ? 2 : Math.min(4, rows.length)));
    if (kind === 'sum') {
      if (some.reduce((sum, row) => sum + value(row), 0) !== answer) continue;
      return {
        table: made,
        wording: 'sum',
        query: { ask: 'column-sum', column, of: some.map((row) => row.name) },
        values: { column, names: list(some.map((row) => row.name)) },
        steps: [`Under ${column}: ${read(some)}.`, `${some.map(value).join(' + ')} = ${answer}.`],
        difficulty: some.length > 2 ? 3 : 2,
      };
    }
    const items = some.map((row) => ({ row, count: random.int(2, 4) }));
    if (items.reduce((sum, { row, count }) => sum + count * value(row), 0) !== answer) continue;
    return {
      table: made,
      wording: 'cost',
      query: { ask: 'cost', column, items: items.map(({ row, count }) => ({ row: row.name, count })) },
      values: { column, items: list(items.map(({ row, count }) => `${count} of ${row.name}`)) },
      steps: [
        `Under ${column}: ${read(some)}.`,
        `${items.map(({ row, count }) => `${count} * ${value(row)}`).join(' + ')} = ${answer}.`,
      ],
      difficulty: 4,
    };
  }
  return null;
}

function draw(made: Table, random: Random): FlatScene['drawing'] {
  const marks: Mark[] = [];
  const rows = made.rows.length + 1;
  const columns = made.columns.length + 1;
  const [left, right] = [5, 95];
  const high = Math.min(15, 88 / rows);
  const top = 50 - (high * rows) / 2;
  const head: Rgb = random.pick([
    [222, 232, 244] as const,
    [236, 228, 214] as const,
    [224, 238, 224] as const,
    [232, 232, 236] as const,
  ]);
  const striped = random.chance(0.5);
  const rect = (y1: number, y2: number, colour: Rgb): Mark =>
    area(
      [
        [left, y1],
        [right, y1],
        [right, y2],
        [left, y2],
      ],
      colour,
    );
  marks.push(rect(top, top + high, head));
  if (striped)
    for (let r = 2; r < rows; r += 2) marks.push(rect(top + high * r, top + high * (r + 1), [246, 246, 248]));
  const firstWidth = columns > 3 ? 28 : 34;
  const width = (right - left - firstWidth) / (columns - 1);
  const height = Math.min(5.6, high * 0.42);
  const put = (content: string, r: number, c: number): void => {
    const room = c === 0 ? firstWidth - 4 : width - 3;
    const stretch = Math.min(1, room / widthOf({ text: content, height, stretch: 1 }));
    const y = top + high * (r + 0.5) + height / 2;
    marks.push(
      c === 0
        ? text(content, [left + 2.5, y], height, { anchor: 'start', stretch, weight: 0.7 })
        : text(content, [left + firstWidth + width * (c - 0.5), y], height, {
            stretch,
            weight: r === 0 ? 0.8 : 0.65,
          }),
    );
  };
  made.columns.forEach((column, c) => {
    put(column, 0, c + 1);
  });
  made.rows.forEach((row, r) => {
    put(row.name, r + 1, 0);
    row.cells.forEach((cell, c) => {
      put(String(cell), r + 1, c + 1);
    });
  });
  const rule: Rgb = [120, 124, 132];
  for (let r = 0; r <= rows; r++)
    marks.push(
      line(
        [
          [left, top + high * r],
          [right, top + high * r],
        ],
        r < 2 || r === rows ? 0.6 : 0.3,
        rule,
      ),
    );
  if (random.chance(0.6)) {
    for (let c = 0; c <= columns; c++) {
      const x = c === 0 ? left : c === columns ? right : left + firstWidth + width * (c - 1);
      marks.push(
        line(
          [
            [x, top],
            [x, top + high * rows],
          ],
          0.4,
          rule,
        ),
      );
    }
  }
  const shade = random.int(0, 8);
  return { paper: [255 - shade, 255 - shade, 255 - shade], grain: random.range(0, 3), marks };
}
