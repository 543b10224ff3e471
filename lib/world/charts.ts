import { area, line, type Mark, type Point, type Rgb, text, widthOf } from './drawing';
import { type Asked, type Difficulty, type Query, words } from './question';
import { Random } from './random';
import { type FlatScene, splitOf } from './scene';
import { fill, list, pickWording } from './wording';

/** Bar charts, upright and lying, whose values stand on the grid lines or over the bars, and questions that calculate with them. */

export const NAME_SETS = [
  ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  ['Ann', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gus', 'Hana', 'Ivo', 'Jim', 'Kai', 'Lea', 'Max', 'Nia'],
  ['Tea', 'Milk', 'Cola', 'Soup', 'Rice', 'Corn', 'Figs', 'Plum', 'Pear', 'Kiwi', 'Lime', 'Nuts'],
  ['Cats', 'Dogs', 'Fish', 'Hens', 'Cows', 'Pigs', 'Owls', 'Bees', 'Frogs', 'Goats'],
] as const;

const SUBJECTS = [
  'Books sold',
  'Visitors',
  'Goals',
  'Parcels',
  'Votes',
  'Rainy hours',
  'Tickets',
  'Trees planted',
];

const BAR_COLOURS: readonly Rgb[] = [
  [66, 110, 180],
  [200, 90, 60],
  [70, 150, 100],
  [150, 100, 170],
  [210, 160, 50],
  [60, 150, 160],
  [120, 120, 125],
];

export interface Chart {
  subject: string;
  categories: readonly { name: string; value: number }[];
  /** Value at the top of the axis, and between two grid lines. */
  top: number;
  step: number;
  /** Whether the values stand over the bars. */
  printed: boolean;
}

const WORDINGS = {
  category: [
    'Which category has the {word} value in the chart?',
    'Which bar is the {height}?',
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
    'How high is the bar of {a}?',
    'Which number belongs to {a}?',
    'To what value does the bar {a} go?',
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

/** Answers of the task: a name, or a whole number up to this. */
export const MOST_CHART = 60;
const NAMES = [...new Set(NAME_SETS.flat())];

export function chart(seed: number): Asked<FlatScene & { kind: 'chart' }> & { chart: Chart } {
  const first = new Random(seed, 'chart/answer');
  // Names and numbers are drawn alike often, answer by answer.
  const target = first.int(0, NAMES.length + MOST_CHART);
  const name = NAMES[target];
  const wanted = name ?? String(target - NAMES.length);
  for (let attempt = 0; ; attempt++) {
    const random = new Random(seed, `chart/${attempt}`);
    const made = draft(random, wanted, name !== undefined, splitOf(seed) === 'test-hard');
    if (!made) continue;
    const { figure, query, kind, values, steps, difficulty } = made;
    const wording = pickWording(splitOf(seed), random.split('wording'), WORDINGS[made.wording]);
    return {
      scene: { kind: 'chart', seed, drawing: draw(figure, random.split('draw')) },
      chart: figure,
      question: {
        task: 'chart',
        kind,
        text: fill(wording.template, values),
        options: null,
        answer: words(wanted),
        steps,
        difficulty,
        phrasing: { index: wording.index, seen: wording.seen },
        query,
      },
    };
  }
}

interface Draft {
  figure: Chart;
  kind: string;
  wording: keyof typeof WORDINGS;
  query: Query;
  values: Record<string, string>;
  steps: string[];
  difficulty: Difficulty;
}

function draft(random: Random, wanted: string, isName: boolean, hard: boolean): Draft | null {
  const step = random.pick([1, 2, 5, 10]);
  const lines = random.int(5, 6);
  const names: readonly string[] = isName
    ? random.pick(NAME_SETS.filter((set) => set.some((n) => n === wanted)))
    : random.pick(NAME_SETS);
  const count = hard ? random.int(6, 7) : random.int(3, 6);
  let chosen: string[] = random.shuffle<string>(names).slice(0, count);
  if (isName && !chosen.includes(wanted)) chosen = [wanted, ...chosen.slice(1)];
  // Days and months keep their order.
  chosen.sort((a, b) => names.indexOf(a) - names.indexOf(b));
  // Values stand over the bars, or the bars end on grid lines or half-way between them; no two are alike.
  const printed = random.chance(0.5);
  const unit = printed ? 1 : step % 2 === 0 ? step / 2 : step;
  const span = (lines * step) / unit;
  if (span < count) return null;
  const levels = random.shuffle(Array.from({ length: span }, (_, i) => i + 1));
  const categories = chosen.map((name, i) => ({ name, value: (levels[i] ?? 1) * unit }));
  const figure: Chart = { subject: random.pick(SUBJECTS), categories, top: lines * step, step, printed };
  const order = [...categories].sort((a, b) => b.value - a.value);
  const [largest, ...rest] = order;
  const smallest = rest[rest.length - 1];
  if (!largest || !smallest) return null;
  const read = list(categories.map((c) => `${c.name} ${c.value}`));
  if (isName) {
    const towards = random.pick(['largest', 'smallest'] as const);
    if ((towards === 'largest' ? largest : smallest).name !== wanted) return null;
    return {
      figure,
      kind: `chart-${towards}`,
      wording: 'category',
      query: { ask: 'category', towards },
      values: {
        word: random.pick(
          towards === 'largest' ? ['largest', 'highest', 'greatest'] : ['smallest', 'lowest'],
        ),
        height: towards === 'largest' ? 'longest' : 'shortest',
      },
      steps: [`The values are ${read}.`, `The ${towards} is ${wanted}.`],
      difficulty: 1,
    };
  }
  const answer = Number(wanted);
  const kinds = random.shuffle(['value', 'difference', 'sum', 'sum', 'above'] as const);
  for (const kind of kinds) {
    if (kind === 'value') {
      const found = categories.find((c) => c.value === answer);
      if (!found) continue;
      return {
        figure,
        kind: 'chart-value',
        wording: 'value',
        query: { ask: 'value', of: found.name },
        values: { a: found.name },
        steps: [`The bar of ${found.name} reaches ${answer}.`],
        difficulty: 1,
      };
    }
    if (kind === 'difference') {
      const pairs = order
        .flatMap((a, i) => order.slice(i + 1).map((b) => ({ a, b })))
        .filter(({ a, b }) => a.value - b.value === answer);
      if (pairs.length === 0) continue;
      const { a, b } = random.pick(pairs);
      return {
        figure,
        kind: 'chart-difference',
        wording: 'difference',
        query: { ask: 'difference', of: a.name, and: b.name },
        values: { a: a.name, b: b.name },
        steps: [
          `${a.name} is ${a.value} and ${b.name} is ${b.value}.`,
          `${a.value} - ${b.value} = ${answer}.`,
        ],
        difficulty: 2,
      };
    }
    if (kind === 'sum') {
      const some = random.shuffle(categories).slice(0, random.int(2, Math.min(4, categories.length)));
      if (some.reduce((sum, c) => sum + c.value, 0) !== answer) continue;
      return {
        figure,
        kind: 'chart-sum',
        wording: 'sum',
        query: { ask: 'sum', of: some.map((c) => c.name) },
        values: { names: list(some.map((c) => c.name)) },
        steps: [
          `${list(some.map((c) => `${c.name} is ${c.value}`))}.`,
          `${some.map((c) => c.value).join(' + ')} = ${answer}.`,
        ],
        difficulty: some.length > 2 ? 3 : 2,
      };
    }
    const limit = step * random.int(1, lines - 1);
    const above = categories.filter((c) => c.value > limit);
    if (above.length !== answer || categories.some((c) => c.value === limit)) continue;
    return {
      figure,
      kind: 'chart-above',
      wording: 'above',
      query: { ask: 'above', limit },
      values: { limit: String(limit) },
      steps: [
        `The values are ${read}.`,
        `Above ${limit}: ${above.length === 0 ? 'none' : list(above.map((c) => c.name))}.`,
      ],
      difficulty: 2,
    };
  }
  return null;
}

function draw(figure: Chart, random: Random): FlatScene['drawing'] {
  const lying = random.chance(0.4);
  const many = random.chance(0.5);
  const one = random.pick(BAR_COLOURS);
  const marks: Mark[] = [];
  const grid: Rgb = [205, 208, 214];
  const [left, right, low, high] = lying ? [24, 95, 88, 13] : [14, 96, 86, 14];
  const along = (value: number): number =>
    lying ? left + ((right - left) * value) / figure.top : low - ((low - high) * value) / figure.top;
  marks.push(text(figure.subject, [50, 8.5], 5.2, { weight: 0.75 }));
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
    const height = 4.6;
    const room = lying ? left - 4 : slot * 0.96;
    const stretch = Math.min(1, room / widthOf({ text: name, height, stretch: 1 }));
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
