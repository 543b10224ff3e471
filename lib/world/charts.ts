import { numberAnswer, textAnswer } from './answers';
import { area, line, type Mark, type Point, type Rgb, text, widthOf } from './drawing';
import type { Answer, AskedScene, QuestionDraft } from './question';
import { Random } from './random';
import { type FlatScene, splitOf } from './scene';
import { added, list, worded } from './wording';

/** Bar charts, upright and lying, whose values stand on the grid lines or over the bars, and questions that calculate with them. */

/** What categories and rows are named after, and what can be counted of each. */
export const NAME_SETS = {
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  people: [
    'Ann',
    'Ben',
    'Cleo',
    'Dan',
    'Eva',
    'Finn',
    'Gus',
    'Hana',
    'Ivo',
    'Jim',
    'Kai',
    'Lea',
    'Max',
    'Nia',
  ],
  foods: ['Tea', 'Milk', 'Cola', 'Soup', 'Rice', 'Corn', 'Figs', 'Plum', 'Pear', 'Kiwi', 'Lime', 'Nuts'],
  animals: ['Cats', 'Dogs', 'Fish', 'Hens', 'Cows', 'Pigs', 'Owls', 'Bees', 'Frogs', 'Goats'],
} as const;
export type NameSet = keyof typeof NAME_SETS;
export const NAME_SET_KEYS = ['days', 'months', 'people', 'foods', 'animals'] as const;

const FULL_NAMES = (
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August ' +
  'September October November December'
).split(' ');

/** A name as it stands in the picture, or a day or month in full. */
export function nameAnswer(name: string): Answer {
  const dated = [...NAME_SETS.days, ...NAME_SETS.months].some((short) => short === name);
  return textAnswer(name, ...(dated ? FULL_NAMES.filter((full) => full.startsWith(name)) : []));
}

const SUBJECTS: Readonly<Record<NameSet, readonly string[]>> = {
  days: ['Books sold', 'Visitors', 'Parcels', 'Tickets', 'Rainy hours'],
  months: ['Books sold', 'Visitors', 'Parcels', 'Trees planted', 'Rainy days'],
  people: ['Goals', 'Votes', 'Points', 'Books read', 'Trees planted'],
  foods: ['Portions', 'Orders', 'Boxes', 'Votes'],
  animals: ['On the farm', 'Sightings', 'Votes', 'Drawings'],
};

const BAR_COLOURS: readonly Rgb[] = [
  [66, 110, 180],
  [200, 90, 60],
  [70, 150, 100],
  [150, 100, 170],
  [210, 160, 50],
  [60, 150, 160],
  [120, 120, 125],
];

export interface Category {
  name: string;
  value: number;
}

export interface Chart {
  subject: string;
  categories: readonly Category[];
  /** Value at the top of the axis, and between two grid lines. */
  top: number;
  step: number;
  /** Whether the values stand over the bars. */
  printed: boolean;
}

const WORDINGS = {
  category: [
    'Which category has the {word} value in the chart?',
    'Which category has the {height} bar?',
    'According to the chart, which category is {word}?',
    'Name the category with the {word} value.',
    'For which category is the value {word}?',
    'What is the label of the {height} bar?',
    'In the chart, where is the {word} value found?',
    'Which label belongs to the {height} bar?',
    'Looking at all bars, which one shows the {word} value?',
    'Find the {height} bar. What is it called?',
  ],
  value: [
    'What is the value for {a} in the chart?',
    'How many does the chart show for {a}?',
    'What value does the bar of {a} have?',
    'Read off the value of {a}.',
    'According to the chart, how many are there for {a}?',
    'What number does {a} reach?',
    'Give the value shown for {a}.',
    'Up to which value does the bar of {a} reach?',
    'Which number belongs to {a}?',
    'What does the chart say about {a}: how many?',
  ],
  difference: [
    'What is the difference between {a} and {b} in the chart?',
    'How many more does {a} have than {b}?',
    'By how much is {a} larger than {b}?',
    'By how many does {a} exceed {b}?',
    'Subtract the value of {b} from that of {a}.',
    'How much greater is the value of {a} than that of {b}?',
    'What is {a} minus {b}?',
    'According to the chart, how many more are there for {a} than for {b}?',
    'How far is {a} ahead of {b}?',
    'What must be added to {b} to reach {a}?',
  ],
  range: [
    'What is the difference between the largest and the smallest value in the chart?',
    'By how much is the largest value greater than the smallest?',
    'How far apart are the highest and the lowest value?',
    'Subtract the smallest value in the chart from the largest.',
    'What is the range of the values shown?',
    'How much more does the longest bar show than the shortest?',
    'According to the chart, by how many does the largest value exceed the smallest?',
    'What is the largest value minus the smallest one?',
    'Find the largest and the smallest value. How much do they differ?',
    'From the shortest bar to the longest, how much is to be added?',
  ],
  sum: [
    'What is the sum of the values of {names}?',
    'How many do {names} have together?',
    'Add up the values of {names}.',
    'What is the total for {names}?',
    'Taken together, how many are there for {names}?',
    'According to the chart, what do {names} add up to?',
    'What is the combined value of {names}?',
    'Find the sum of {names}.',
    'If you put {names} together, what value results?',
    'How large are {names} in total?',
  ],
  above: [
    'How many bars are higher than {limit}?',
    'How many categories have a value above {limit}?',
    'In how many categories is the value greater than {limit}?',
    'Count the bars above {limit}.',
    'How many of the values exceed {limit}?',
    'What number of categories lie above {limit}?',
    'For how many categories does the chart show more than {limit}?',
    'How many bars pass the value {limit}?',
    'How many labels have more than {limit}?',
    'Count the categories whose value is over {limit}.',
  ],
} as const;

/** Whole numbers that are asked for, and the names: each as often as any other. */
const MOST = 60;
export const NAMES: readonly string[] = NAME_SET_KEYS.flatMap((key): readonly string[] => NAME_SETS[key]);

export function chart(seed: number): AskedScene<FlatScene> & { chart: Chart } {
  const first = new Random(seed, 'chart/answer');
  const target = first.int(0, NAMES.length + MOST - 1);
  const name = NAMES[target];
  const number = target - NAMES.length + 1;
  const hard = splitOf(seed) === 'test-hard';
  // So few numbers can be a count of bars that most of them are, where they can.
  const kind = number <= MOST_BARS && first.chance(0.6) ? 'above' : numberKind(first, number);
  for (let attempt = 0; ; attempt++) {
    const random = new Random(seed, `chart/${attempt}`);
    const made = name === undefined ? askNumber(random, kind, number, hard) : askName(random, name, hard);
    if (!made) continue;
    return {
      scene: { kind: 'chart', seed, drawing: draw(made.figure, random.split('draw')) },
      chart: made.figure,
      question: worded('chart', random.split('wording'), made.draft),
    };
  }
}

/** How many bars may be asked for as those above a line. */
const MOST_BARS = 5;

type NumberKind = 'value' | 'difference' | 'range' | 'sum' | 'above';

/** A sum is of two numbers at least, and between the ends of a range there is room for the other bars. */
function numberKind(random: Random, number: number): NumberKind {
  if (number < 6) return random.pick(['value', 'difference']);
  return random.pick(
    number < MOST ? ['value', 'difference', 'range', 'sum', 'sum'] : ['value', 'sum', 'sum'],
  );
}

interface Made {
  figure: Chart;
  draft: QuestionDraft;
}

/** A chart of a size, without its values: they stand over the bars, or the bars end on grid lines or half-way between. */
function frame(
  random: Random,
  hard: boolean,
  set: NameSet,
): { figure: Omit<Chart, 'categories'>; unit: number; span: number; count: number } {
  const step = random.pick([1, 2, 5, 10]);
  const lines = random.int(5, 6);
  const printed = random.chance(0.5);
  const unit = printed ? 1 : step % 2 === 0 ? step / 2 : step;
  return {
    figure: { subject: random.pick(SUBJECTS[set]), top: lines * step, step, printed },
    unit,
    span: (lines * step) / unit,
    count: hard ? random.int(6, 7) : random.int(3, 6),
  };
}

/** Categories with these values, in the order in which days and months follow one another. */
function categoriesOf(
  random: Random,
  set: NameSet,
  values: readonly number[],
  wanted: { name: string; at: number } | null = null,
): Category[] {
  const names: readonly string[] = NAME_SETS[set];
  const others = random.shuffle(names.filter((name) => name !== wanted?.name));
  const chosen = wanted ? [...others.slice(0, wanted.at), wanted.name, ...others.slice(wanted.at)] : others;
  return values
    .map((value, i) => ({ name: chosen[i] ?? '', value }))
    .sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

const reading = (categories: readonly Category[]): string =>
  `The values are ${list(categories.map((c) => `${c.name} ${c.value}`))}.`;

const RANKS = ['', 'second '];

function askName(random: Random, wanted: string, hard: boolean): Made | null {
  const set = random.pick(NAME_SET_KEYS.filter((key) => NAME_SETS[key].some((name) => name === wanted)));
  const { figure, unit, span, count } = frame(random, hard, set);
  if (span < count) return null;
  const levels = random.shuffle(Array.from({ length: span }, (_, i) => i + 1)).slice(0, count);
  const towards = random.pick(['largest', 'smallest'] as const);
  const rank = random.chance(0.3) ? 1 : 0;
  const order = [...levels].sort((a, b) => (towards === 'largest' ? b - a : a - b));
  const value = (order[rank] ?? 1) * unit;
  const values = levels.map((level) => level * unit);
  const categories = categoriesOf(random, set, values, { name: wanted, at: values.indexOf(value) });
  const draft = nameDraft(random, categories, { name: wanted, value }, towards, rank);
  return { figure: { ...figure, categories }, draft };
}

function nameDraft(
  random: Random,
  categories: readonly Category[],
  { name, value }: Category,
  towards: 'largest' | 'smallest',
  rank: 0 | 1,
): QuestionDraft {
  const word = random.pick(
    towards === 'largest' ? ['largest', 'highest', 'greatest'] : ['smallest', 'lowest'],
  );
  return {
    kind: `chart-${rank === 0 ? '' : 'second-'}${towards}`,
    wordings: WORDINGS.category,
    values: {
      word: RANKS[rank] + word,
      height: `${RANKS[rank]}${towards === 'largest' ? 'longest' : 'shortest'}`,
    },
    answer: nameAnswer(name),
    steps: [reading(categories), `The ${RANKS[rank]}${towards} value is ${value}, that of ${name}.`],
    difficulty: rank === 0 ? 1 : 2,
    query: { ask: 'category', towards, rank },
  };
}

/** A chart in which the number is the answer; null where it cannot be in a chart of the size that was drawn. */
function askNumber(random: Random, kind: NumberKind, answer: number, hard: boolean): Made | null {
  const set = random.pick(NAME_SET_KEYS);
  const { figure, unit, span, count } = frame(random, hard, set);
  const limit = figure.step * random.int(1, figure.top / figure.step - 1);
  const chosen = levelsFor(random, kind, kind === 'above' ? answer : answer / unit, span, limit / unit);
  if (!chosen || span < count || chosen.levels.length > count) return null;
  const { levels, rest } = chosen;
  const fillers = random.shuffle(rest.filter((level) => !levels.includes(level)));
  const all = [...levels, ...fillers.slice(0, count - levels.length)];
  if (all.length < count) return null;
  const categories = categoriesOf(
    random,
    set,
    all.map((level) => level * unit),
  );
  // No two bars are alike, so a level names its bar.
  const some = levels.flatMap((level) => categories.filter(({ value }) => value === level * unit));
  return {
    figure: { ...figure, categories },
    draft: { ...numberDraft(kind, some, categories, limit), answer: numberAnswer(answer) },
  };
}

/** Levels that give the answer, in units, and those that the other bars may have. */
function levelsFor(
  random: Random,
  kind: NumberKind,
  answer: number,
  span: number,
  limit: number,
): { levels: number[]; rest: number[] } | null {
  const from = (low: number, high: number): number[] =>
    Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => low + i);
  if (!Number.isInteger(answer) || answer < 1) return null;
  if (kind === 'above') {
    const above = random.shuffle(from(limit + 1, span)).slice(0, answer);
    return above.length === answer ? { levels: above, rest: from(1, limit - 1) } : null;
  }
  if (kind === 'sum') {
    const levels = random.shuffle(from(1, span)).slice(0, random.int(1, 3));
    const last = answer - levels.reduce((sum, level) => sum + level, 0);
    return last >= 1 && last <= span && !levels.includes(last)
      ? { levels: [...levels, last], rest: from(1, span) }
      : null;
  }
  if (answer > (kind === 'value' ? span : span - 1)) return null;
  if (kind === 'value') return { levels: [answer], rest: from(1, span) };
  const low = random.int(1, span - answer);
  const levels = [low + answer, low];
  return { levels, rest: kind === 'range' ? from(low + 1, low + answer - 1) : from(1, span) };
}

function numberDraft(
  kind: NumberKind,
  some: readonly Category[],
  all: readonly Category[],
  limit: number,
): Omit<QuestionDraft, 'answer'> {
  const [a, b] = some;
  if (kind === 'value' && a)
    return {
      kind: 'chart-value',
      wordings: WORDINGS.value,
      values: { a: a.name },
      steps: [`The bar of ${a.name} reaches ${a.value}.`],
      difficulty: 1,
      query: { ask: 'value', of: a.name },
    };
  if (kind === 'difference' && a && b)
    return {
      kind: 'chart-difference',
      wordings: WORDINGS.difference,
      values: { a: a.name, b: b.name },
      steps: [
        `${a.name} is ${a.value} and ${b.name} is ${b.value}.`,
        `${a.value} - ${b.value} = ${a.value - b.value}.`,
      ],
      difficulty: 2,
      query: { ask: 'difference', of: a.name, and: b.name },
    };
  if (kind === 'range' && a && b)
    return {
      kind: 'chart-range',
      wordings: WORDINGS.range,
      values: {},
      steps: [
        reading(all),
        `The largest is ${a.value} and the smallest is ${b.value}.`,
        `${a.value} - ${b.value} = ${a.value - b.value}.`,
      ],
      difficulty: 3,
      query: { ask: 'range' },
    };
  if (kind === 'above')
    return {
      kind: 'chart-above',
      wordings: WORDINGS.above,
      values: { limit: String(limit) },
      steps: [
        reading(all),
        `Above ${limit}: ${list(all.filter((c) => c.value > limit).map((c) => c.name))}.`,
        `That makes ${some.length} in all.`,
      ],
      difficulty: 2,
      query: { ask: 'above', limit },
    };
  return {
    kind: 'chart-sum',
    wordings: WORDINGS.sum,
    values: { names: list(some.map((c) => c.name)) },
    steps: [`${list(some.map((c) => `${c.name} is ${c.value}`))}.`, added(some.map((c) => c.value))],
    difficulty: some.length > 2 ? 3 : 2,
    query: { ask: 'sum', of: some.map((c) => c.name) },
  };
}

/** What else may be asked of a chart; the answers are likely ones. */
export function furtherOfChart({ categories, step, top }: Chart, random: Random): QuestionDraft[] {
  const draft = (kind: NumberKind, answer: number, some: readonly Category[], limit = 0): QuestionDraft => ({
    ...numberDraft(kind, some, categories, limit),
    answer: numberAnswer(answer),
  });
  const sum = (some: readonly Category[]): number => some.reduce((total, { value }) => total + value, 0);
  const byValue = categories.toSorted((a, b) => b.value - a.value);
  const [highest, lowest] = [byValue[0], byValue.at(-1)];
  const some = () => random.shuffle(categories);
  const [larger, smaller] = some()
    .slice(0, 2)
    .toSorted((a, b) => b.value - a.value);
  if (!highest || !lowest || !larger || !smaller) return [];
  const three = some().slice(0, 3);
  const limit = step * random.int(1, top / step - 1);
  const above = categories.filter(({ value }) => value > limit);
  const towards = random.pick(['largest', 'smallest'] as const);
  const order = towards === 'largest' ? byValue : byValue.toReversed();
  return [
    ...some()
      .slice(0, 2)
      .map((one) => draft('value', one.value, [one])),
    draft('difference', larger.value - smaller.value, [larger, smaller]),
    draft('sum', larger.value + smaller.value, [smaller, larger]),
    draft('sum', sum(three), three),
    draft('range', highest.value - lowest.value, [highest, lowest]),
    // Whether a bar that ends on the line is above it is for no one to guess.
    ...(above.length > 0 && categories.every(({ value }) => value !== limit)
      ? [draft('above', above.length, above, limit)]
      : []),
    ...([0, 1] as const).flatMap((rank) =>
      order.slice(rank, rank + 1).map((one) => nameDraft(random, categories, one, towards, rank)),
    ),
  ];
}

function draw(figure: Chart, random: Random): FlatScene['drawing'] {
  const lying = random.chance(0.4);
  const many = random.chance(0.5);
  const one = random.pick(BAR_COLOURS);
  const marks: Mark[] = [];
  const grid: Rgb = [205, 208, 214];
  const [left, right, low, high] = lying ? [24, 95, 88, 13] : [14, 96, 86, 17];
  const along = (value: number): number =>
    lying ? left + ((right - left) * value) / figure.top : low - ((low - high) * value) / figure.top;
  marks.push(text(figure.subject, [50, 8], 5.2, { weight: 0.75 }));
  for (let value = 0; value <= figure.top; value += figure.step) {
    const at = along(value);
    marks.push(
      lying
        ? line(
            [
              [at, high],
              [at, low],
            ],
            0.35,
            grid,
          )
        : line(
            [
              [left, at],
              [right, at],
            ],
            0.35,
            grid,
          ),
    );
    marks.push(
      lying
        ? text(String(value), [at, low + 6.5], 4.3, { weight: 0.6 })
        : text(String(value), [left - 2, at + 2], 4.3, { weight: 0.6, anchor: 'end' }),
    );
  }
  const count = figure.categories.length;
  const slot = (lying ? low - high : right - left) / count;
  const shuffled = random.shuffle(BAR_COLOURS);
  // All names are drawn alike, as narrow as the longest needs.
  const height = 4.6;
  const longest = Math.max(
    ...figure.categories.map(({ name }) => widthOf({ text: name, height, stretch: 1 })),
  );
  const stretch = Math.min(1, (lying ? left - 4 : slot - 2.2) / longest);
  figure.categories.forEach(({ name, value }, i) => {
    const middle = (lying ? high : left) + slot * (i + 0.5);
    const half = slot * 0.32;
    const end = along(value);
    const colour = many ? (shuffled[i % shuffled.length] ?? one) : one;
    const corners: Point[] = lying
      ? [
          [left, middle - half],
          [end, middle - half],
          [end, middle + half],
          [left, middle + half],
        ]
      : [
          [middle - half, low],
          [middle - half, end],
          [middle + half, end],
          [middle + half, low],
        ];
    marks.push(area(corners, colour, name));
    marks.push(
      lying
        ? text(name, [left - 2, middle + 2.2], height, { weight: 0.62, anchor: 'end', stretch })
        : text(name, [middle, low + 6.5], height, { weight: 0.62, stretch }),
    );
    if (figure.printed) {
      // Where the bar ends at the sheet's edge, its number stands inside.
      const inside = lying && end > right - 8;
      marks.push(
        lying
          ? text(String(value), [inside ? end - 1.5 : end + 1.5, middle + 2], 4.2, {
              weight: 0.6,
              anchor: inside ? 'end' : 'start',
              ...(inside ? { colour: [255, 255, 255] as const } : {}),
            })
          : text(String(value), [middle, end - 1.4], 4.2, { weight: 0.6 }),
      );
    }
  });
  marks.push(
    line(
      [
        [left, high],
        [left, low],
      ],
      0.6,
    ),
    line(
      lying
        ? [
            [left, high],
            [left, low],
          ]
        : [
            [left, low],
            [right, low],
          ],
      0.6,
    ),
  );
  const shade = random.int(0, 8);
  return { paper: [255 - shade, 255 - shade, 255 - shade], grain: random.range(0, 2.5), marks };
}
