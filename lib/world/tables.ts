import { numberAnswer } from './answers';
import { NAME_SET_KEYS, NAME_SETS, NAMES, type NameSet, nameAnswer } from './charts';
import { area, line, type Mark, type Rgb, text, widthOf } from './drawing';
import type { AskedScene, QuestionDraft } from './question';
import { Random } from './random';
import { type FlatScene, splitOf } from './scene';
import { added, list, worded } from './wording';

/** Small tables of whole numbers, and questions that look up and calculate. */

export interface TableRow {
  name: string;
  cells: readonly number[];
}

export interface Table {
  columns: readonly string[];
  rows: readonly TableRow[];
}

/** Headings that go with the names of the rows. */
const COLUMN_SETS: Readonly<Record<NameSet, readonly (readonly string[])[]>> = {
  days: [
    ['Shop', 'Web', 'Phone'],
    ['Red', 'Blue', 'Green'],
  ],
  months: [
    ['2021', '2022', '2023'],
    ['North', 'South', 'West'],
  ],
  people: [
    ['Won', 'Lost', 'Drawn'],
    ['Math', 'Art', 'Music'],
  ],
  foods: [
    ['Small', 'Mid', 'Large'],
    ['2021', '2022', '2023'],
  ],
  animals: [
    ['2021', '2022', '2023'],
    ['North', 'South', 'West'],
  ],
};
/** Only what is sold in sizes has prices. */
const PRICED = ['Small', 'Mid', 'Large'];

const WORDINGS = {
  cell: [
    'What is the {column} value of {row} in the table?',
    'In the table, what number stands for {row} under {column}?',
    'What does the table give for {row} in the column {column}?',
    'Read off the entry of {row} under {column}.',
    'Which number is in row {row}, column {column}?',
    'Look up {row} under {column}. What is the number?',
    'What is the entry in the {column} column for {row}?',
    'According to the table, what does {row} have under {column}?',
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
    'Taken together, how much do {names} have under {column}?',
    'Sum the entries of {names} under {column}.',
    'If the {column} entries of {names} are added, what results?',
    'Find the combined {column} value of {names}.',
  ],
  difference: [
    'How much larger is the value of {row} than that of {other} in the column {column}?',
    'What is the difference between the values of {row} and {other} under {column}?',
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
    'Which row has the {word} value under {column}?',
    'Which row has the {word} entry in the column {column}?',
    'In the column {column}, which row has the {word} number?',
    'Which name has the {word} number under {column}?',
    'Find the {word} number under {column}. Which row is it in?',
    'According to the table, which row is {word} in the column {column}?',
    'Under {column}, which name stands beside the {word} number?',
    'Name the row with the {word} value under {column}.',
    'In which row is the value under {column} {word}?',
    'Look down the column {column}: in which row is the {word} number?',
  ],
  cost: [
    'Using the prices under {column}, how much do {items} cost together?',
    'What is the total price of {items} at the prices under {column}?',
    'At the prices listed under {column}, what do {items} cost?',
    'How much must be paid for {items}, with the prices under {column}?',
    'The numbers are prices. What do {items} cost in the size {column}?',
    'Take the column {column} as prices. What is the bill for {items}?',
    'With {column} as the price of one, how much are {items}?',
    'Calculate the cost of {items} from the prices under {column}.',
    'Somebody buys {items} at the prices under {column}. What is the sum?',
    'Find the amount due for {items} when {column} lists the prices.',
  ],
} as const;

/** Whole numbers that are asked for, and the names: each as often as any other. */
const LEAST = 2;
const MOST = 60;

export function table(seed: number): AskedScene<FlatScene> & { table: Table } {
  const first = new Random(seed, 'table/answer');
  const target = first.int(0, NAMES.length + MOST - LEAST);
  const name = NAMES[target];
  const number = target - NAMES.length + LEAST;
  const kind = first.pick(kindsFor(number));
  const hard = splitOf(seed) === 'test-hard';
  for (let attempt = 0; ; attempt++) {
    const random = new Random(seed, `table/${attempt}`);
    const made = name === undefined ? askNumber(random, kind, number, hard) : askName(random, name, hard);
    if (!made) continue;
    return {
      scene: { kind: 'table', seed, drawing: draw(made.table, random.split('draw')) },
      table: made.table,
      question: worded('table', random.split('wording'), made.draft),
    };
  }
}

type NumberKind = 'cell' | 'difference' | 'sum' | 'cost';

/**
 * What may be asked for a number. The least are no sums, and not every small one is a bill, which is for two things or more
 * of each of two kinds; so that differences are not mostly small, they are asked for twice as often where others can be.
 */
function kindsFor(number: number): readonly NumberKind[] {
  if (number < 2 * LEAST) return ['cell', 'difference'];
  if (number < 12) return ['cell', 'difference', 'sum'];
  return number < 58 ? ['cell', 'difference', 'difference', 'sum', 'cost'] : ['cell', 'sum', 'sum', 'cost'];
}

interface Made {
  table: Table;
  draft: QuestionDraft;
}

/** A table with random numbers. */
function blank(
  random: Random,
  hard: boolean,
  set: NameSet,
  columnSet: readonly string[],
): { table: Table; most: number } {
  const columns = columnSet.slice(0, hard ? 3 : random.int(2, 3));
  const most = random.pick([9, 20, 45, MOST]);
  const names = random.shuffle<string>(NAME_SETS[set]).slice(0, hard ? random.int(5, 6) : random.int(3, 5));
  return {
    table: {
      columns,
      rows: names.map((name) => ({ name, cells: columns.map(() => random.int(LEAST, most)) })),
    },
    most,
  };
}

const reading = (column: string, some: readonly { name: string; value: number }[]): string =>
  `Under ${column}: ${list(some.map(({ name, value }) => `${name} ${value}`))}.`;

function askName(random: Random, wanted: string, hard: boolean): Made | null {
  const set = random.pick(NAME_SET_KEYS.filter((key) => NAME_SETS[key].some((name) => name === wanted)));
  const { table } = blank(random, hard, set, random.pick(COLUMN_SETS[set]));
  const c = random.int(0, table.columns.length - 1);
  const column = table.columns[c] ?? '';
  const value = (row: TableRow): number => row.cells[c] ?? 0;
  const towards = random.pick(['largest', 'smallest'] as const);
  const [best, second] = [...table.rows].sort((a, b) =>
    towards === 'largest' ? value(b) - value(a) : value(a) - value(b),
  );
  if (!best || !second || value(best) === value(second)) return null;
  // The wanted name takes the best row; where it stood in another, the two change places.
  const rows = table.rows.map((row) =>
    row === best ? { ...row, name: wanted } : row.name === wanted ? { ...row, name: best.name } : row,
  );
  return {
    table: { ...table, rows },
    draft: rowDraft(
      random,
      column,
      columnOf({ ...table, rows }, c),
      { name: wanted, value: value(best) },
      towards,
    ),
  };
}

const columnOf = ({ rows }: Table, c: number): { name: string; value: number }[] =>
  rows.map(({ name, cells }) => ({ name, value: cells[c] ?? 0 }));

function rowDraft(
  random: Random,
  column: string,
  all: readonly { name: string; value: number }[],
  found: { name: string; value: number },
  towards: 'largest' | 'smallest',
): QuestionDraft {
  return {
    kind: 'table-row',
    wordings: WORDINGS.row,
    values: {
      column,
      word: random.pick(towards === 'largest' ? ['largest', 'highest'] : ['smallest', 'lowest']),
    },
    answer: nameAnswer(found.name),
    steps: [reading(column, all), `The ${towards} is ${found.value}, that of ${found.name}.`],
    difficulty: 2,
    query: { ask: 'row-of', column, towards },
  };
}

/** A table in which the number is the answer; null where these random choices do not come to it. */
function askNumber(random: Random, kind: NumberKind, answer: number, hard: boolean): Made | null {
  const set = kind === 'cost' ? 'foods' : random.pick(NAME_SET_KEYS);
  const { table, most } = blank(random, hard, set, kind === 'cost' ? PRICED : random.pick(COLUMN_SETS[set]));
  const c = random.int(0, table.columns.length - 1);
  const column = table.columns[c] ?? '';
  const order = random.shuffle(table.rows.map((_, i) => i));
  const some = numbersFor(random, kind, answer, Math.min(4, table.rows.length));
  if (!some || some.some(({ value }) => value < LEAST || value > most)) return null;
  const rows = table.rows.map((row, r) => {
    const own = some[order.indexOf(r)];
    return own ? { ...row, cells: row.cells.map((cell, i) => (i === c ? own.value : cell)) } : row;
  });
  const named = some.map(({ value, count }, i) => ({ name: rows[order[i] ?? 0]?.name ?? '', value, count }));
  return {
    table: { ...table, rows },
    draft: { ...numberDraft(kind, column, named, answer), answer: numberAnswer(answer) },
  };
}

/** Numbers that come to the answer: how many of each, and what each is. */
function numbersFor(
  random: Random,
  kind: NumberKind,
  answer: number,
  atMost: number,
): { value: number; count: number }[] | null {
  if (kind === 'cell') return [{ value: answer, count: 1 }];
  if (kind === 'difference') {
    const low = random.int(LEAST, MOST);
    return [
      { value: low + answer, count: 1 },
      { value: low, count: 1 },
    ];
  }
  const cost = kind === 'cost';
  const some = Array.from({ length: cost ? 2 : random.int(2, atMost) }, () => ({
    value: random.int(LEAST, Math.max(LEAST, Math.floor(answer / 2))),
    count: cost ? random.int(2, 4) : 1,
  }));
  const [last, ...others] = some;
  if (!last) return null;
  const value = others.reduce((left, other) => left - other.value * other.count, answer) / last.count;
  return Number.isInteger(value) ? [...others, { ...last, value }] : null;
}

function numberDraft(
  kind: NumberKind,
  column: string,
  some: readonly { name: string; value: number; count: number }[],
  answer: number,
): Omit<QuestionDraft, 'answer'> {
  const [a, b] = some;
  if (kind === 'cell' && a)
    return {
      kind: 'table-cell',
      wordings: WORDINGS.cell,
      values: { row: a.name, column },
      steps: [`The row ${a.name} has ${answer} under ${column}.`],
      difficulty: 1,
      query: { ask: 'cell', row: a.name, column },
    };
  if (kind === 'difference' && a && b)
    return {
      kind: 'table-difference',
      wordings: WORDINGS.difference,
      values: { column, row: a.name, other: b.name },
      steps: [reading(column, some), `${a.value} - ${b.value} = ${answer}.`],
      difficulty: 2,
      query: { ask: 'cell-difference', column, row: a.name, and: b.name },
    };
  if (kind === 'cost')
    return {
      kind: 'table-cost',
      wordings: WORDINGS.cost,
      values: { column, items: list(some.map(({ name, count }) => `${count} x ${name}`)) },
      steps: [
        reading(column, some),
        some.map(({ value, count }) => `${count} * ${value} = ${count * value}.`).join(' '),
        added(some.map(({ value, count }) => count * value)),
      ],
      difficulty: 4,
      query: { ask: 'cost', column, items: some.map(({ name, count }) => ({ row: name, count })) },
    };
  return {
    kind: 'table-sum',
    wordings: WORDINGS.sum,
    values: { column, names: list(some.map(({ name }) => name)) },
    steps: [reading(column, some), added(some.map(({ value }) => value))],
    difficulty: some.length > 2 ? 3 : 2,
    query: { ask: 'column-sum', column, of: some.map(({ name }) => name) },
  };
}

/** What else may be asked of a table; the answers are likely ones. */
export function furtherOfTable(table: Table, random: Random): QuestionDraft[] {
  const priced = table.columns.every((name) => PRICED.includes(name));
  const column = () => {
    const c = random.int(0, table.columns.length - 1);
    const all = columnOf(table, c);
    return { heading: table.columns[c] ?? '', all, some: random.shuffle(all) };
  };
  const number = (kind: NumberKind, cells: number): QuestionDraft[] => {
    const { heading, some } = column();
    if (kind === 'cost' && !priced) return [];
    const named = some
      .slice(0, cells)
      .map((cell) => ({ ...cell, count: kind === 'cost' ? random.int(2, 4) : 1 }));
    if (kind === 'difference') named.sort((a, b) => b.value - a.value);
    const answer = named
      .map(({ value, count }) => value * count)
      .reduce((sum, next) => (kind === 'difference' ? sum - next : sum + next));
    if (kind === 'difference' && answer === 0) return [];
    return [{ ...numberDraft(kind, heading, named, answer), answer: numberAnswer(answer) }];
  };
  const row = (towards: 'largest' | 'smallest'): QuestionDraft[] => {
    const { heading, all } = column();
    const order = towards === 'largest' ? -1 : 1;
    const [best, second] = all.toSorted((a, b) => order * (a.value - b.value));
    return best && second && best.value !== second.value
      ? [rowDraft(random, heading, all, best, towards)]
      : [];
  };
  return [
    ...number('cell', 1),
    ...number('cell', 1),
    ...number('difference', 2),
    ...number('sum', 2),
    ...number('sum', 3),
    ...number('cost', 2),
    ...row('largest'),
    ...row('smallest'),
  ];
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
  const firstWidth = columns > 3 ? 25 : 34;
  const width = (right - left - firstWidth) / (columns - 1);
  const height = Math.min(5.6, high * 0.42);
  const put = (content: string, r: number, c: number): void => {
    const room = c === 0 ? firstWidth - 5 : width - 4;
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
