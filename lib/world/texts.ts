import { arc, area, line, type Mark, type Point, type Rgb, text, widthOf } from './drawing';
import { PI } from './maths';
import { type Asked, type Difficulty, type Query, words } from './question';
import { Random } from './random';
import { type FlatScene, splitOf } from './scene';
import { fill, pickWording } from './wording';

/** Printed and hand-written text: signs, plates, notes and receipts, and questions that read them. */

const WORDS = (
  'bread river stone light paper glass green house music water table north south early every small great happy quiet ' +
  'orange silver garden market bridge window summer winter spring autumn forest castle island harbor planet rocket ' +
  'coffee butter pepper cherry banana tomato rabbit turtle parrot donkey camera pencil pocket button hammer ladder ' +
  'salmon tunnel valley desert meadow garage museum office school street corner square studio theater ticket travel ' +
  'doctor artist farmer sailor singer writer driver baker tailor player engine signal copper marble velvet cotton ' +
  'lemon melon grape olive onion sugar honey cream mango peach eagle horse tiger zebra whale shark snake mouse sheep ' +
  'cloud storm ocean beach coast cliff creek field grass maple cedar lotus daisy tulip amber coral ivory pearl lunar ' +
  'solar royal grand vivid rapid fresh sunny misty windy dusty rusty shiny noble brave eager jolly lucky proud witty'
).split(' ');

const PLACES = [
  'PARK',
  'STREET',
  'STATION',
  'MARKET',
  'BAKERY',
  'CAFE',
  'SCHOOL',
  'MUSEUM',
  'HOTEL',
  'BEACH',
  'LIBRARY',
];

export interface Printed {
  /** Lines as they stand in the picture, from the top. */
  lines: readonly string[];
  /** Named entries of a receipt or a label: the line's first part and the rest. */
  fields: readonly { name: string; value: string }[];
}

const WORDINGS = {
  all: [
    'What is written in the image?',
    'What does the text in the picture say?',
    'Read the text in the image.',
    'What text is shown?',
    'Transcribe the text in the picture.',
    'Which words can be read in the image?',
    'What does it say here?',
    'Write down the text that you see.',
    'Please give the text of this picture.',
    'What are the words shown in the image?',
  ],
  line: [
    'What is written in the {nth} line?',
    'Read the {nth} line of the text.',
    'What does the {nth} line say?',
    'Give the text of the {nth} line.',
    'Which words stand in the {nth} line?',
    'Transcribe the {nth} line.',
    'In the image, what is the {nth} line of text?',
    'What text is in the {nth} line from the top?',
    'Counting from the top, what does the {nth} line read?',
    'Write down what the {nth} line says.',
  ],
  word: [
    'What is the {nth} word of the {line} line?',
    'Which word is the {nth} in the {line} line?',
    'Read the {nth} word in the {line} line.',
    'Give the {nth} word of the {line} line.',
    'In the {line} line, what is the {nth} word?',
    'What does the {nth} word of the {line} line say?',
    'Write the {nth} word of the {line} line.',
    'Of the {line} line, which word comes {nth}?',
    'Look at the {line} line. What is its {nth} word?',
    'Find the {nth} word in the {line} line from the top.',
  ],
  field: [
    'What is the value of {name}?',
    'What is given for {name}?',
    'What does it say after {name}?',
    'Read the entry for {name}.',
    'What stands next to {name}?',
    'Find {name} in the picture. What is its value?',
    'According to the text, what is {name}?',
    'Give what is printed for {name}.',
    'Which value is listed beside {name}?',
    'Look for {name}: what follows it?',
  ],
} as const;

const NTH = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];
const nth = (i: number): string => NTH[i] ?? String(i + 1);

interface Style {
  printed: Printed;
  marks: Mark[];
  paper: Rgb;
}

export function printedText(seed: number): Asked<FlatScene & { kind: 'text' }> & { printed: Printed } {
  const random = new Random(seed, 'text');
  const hard = splitOf(seed) === 'test-hard';
  const style = random.pick([sign, plate, note, receipt])(random, hard);
  const { printed } = style;
  const wordsAt = (i: number): string[] => (printed.lines[i] ?? '').split(' ');
  type Kind = keyof typeof WORDINGS;
  const kinds: Kind[] = [];
  if (printed.fields.length > 0) kinds.push('field', 'field');
  else if (printed.lines.length > 1) kinds.push('line');
  if (printed.lines.join(' ').length <= 24 && printed.fields.length === 0) kinds.push('all');
  if (printed.fields.length === 0 && printed.lines.some((_, i) => wordsAt(i).length > 1)) kinds.push('word');
  if (kinds.length === 0) kinds.push('all');
  const kind = random.pick(kinds);
  let query: Query;
  let answer: string;
  let values: Record<string, string> = {};
  let difficulty: Difficulty = hard ? 2 : 1;
  if (kind === 'field') {
    const field = random.pick(printed.fields);
    query = { ask: 'field', name: field.name };
    answer = field.value;
    values = { name: `"${field.name}"` };
    difficulty = 2;
  } else if (kind === 'line') {
    const at = random.int(0, printed.lines.length - 1);
    query = { ask: 'line', line: at };
    answer = printed.lines[at] ?? '';
    values = { nth: nth(at) };
    difficulty = 2;
  } else if (kind === 'word') {
    const at = random.pick(printed.lines.flatMap((_, i) => (wordsAt(i).length > 1 ? [i] : [])));
    const word = random.int(0, wordsAt(at).length - 1);
    query = { ask: 'word', line: at, word };
    answer = wordsAt(at)[word] ?? '';
    values = { nth: nth(word), line: nth(at) };
    difficulty = 3;
  } else {
    query = { ask: 'line', line: -1 };
    answer = printed.lines.join(' ');
  }
  const wording = pickWording(splitOf(seed), random.split('wording'), WORDINGS[kind]);
  return {
    scene: {
      kind: 'text',
      seed,
      drawing: { paper: style.paper, grain: random.range(1, hard ? 12 : 5), marks: style.marks },
    },
    printed,
    question: {
      task: 'text',
      kind: `text-${kind}`,
      text: fill(wording.template, values),
      options: null,
      answer: words(answer),
      steps: [
        kind === 'all' ? `The text reads "${answer}".` : `The picture says "${printed.lines.join(' / ')}".`,
        `So the answer is ${answer}.`,
      ],
      difficulty,
      phrasing: { index: wording.index, seen: wording.seen },
      query,
    },
  };
}

const two = (random: Random): string => `${random.pick(WORDS)} ${random.pick(WORDS)}`;

/** A point of a sheet that is turned by a little about the middle. */
function turned(turn: number): (x: number, y: number) => Point {
  // A small turn needs no sine: its series to the third order is exact enough to be drawn.
  const s = turn - (turn * turn * turn) / 6;
  const c = 1 - (turn * turn) / 2;
  return (x, y) => [50 + (x - 50) * c - (y - 50) * s, 50 + (x - 50) * s + (y - 50) * c];
}

/** Lines of text centred between two heights, as large as fits. */
function centred(
  lines: readonly string[],
  top: number,
  low: number,
  width: number,
  turn: number,
  style: Partial<Parameters<typeof text>[3] & object>,
): Mark[] {
  const at = turned(turn);
  const slot = (low - top) / lines.length;
  const height = Math.min(
    slot * 0.62,
    16,
    ...lines.map((l) => width / widthOf({ text: l, height: 1, stretch: 1 }) / 0.86),
  );
  return lines.map((l, i) => {
    const stretch = Math.min(1, width / widthOf({ text: l, height, stretch: 1 }));
    return text(l, at(50, top + slot * (i + 0.5) + height / 2), height, {
      turn,
      stretch,
      weight: height * 0.15,
      ...style,
    });
  });
}

function sign(random: Random, hard: boolean): Style {
  const grounds: readonly (readonly [Rgb, Rgb])[] = [
    [
      [24, 90, 50],
      [245, 245, 240],
    ],
    [
      [25, 60, 130],
      [250, 250, 250],
    ],
    [
      [170, 30, 35],
      [250, 246, 240],
    ],
    [
      [240, 200, 60],
      [30, 30, 30],
    ],
    [
      [250, 250, 248],
      [30, 30, 34],
    ],
    [
      [60, 60, 66],
      [240, 240, 235],
    ],
    [
      [110, 70, 40],
      [248, 236, 210],
    ],
  ];
  const [ground, ink] = random.pick(grounds);
  const turn = random.range(-0.16, 0.16) * (hard ? 1.6 : 1);
  const first = random.pick(WORDS);
  const content = random.pick([
    [first.toUpperCase(), random.pick(PLACES)],
    [first.charAt(0).toUpperCase() + first.slice(1), random.pick(PLACES)],
    [`${first.toUpperCase()} ${random.int(1, 99)}`],
    [random.pick(PLACES), `${random.int(1, 40)} KM`],
    [first.toUpperCase(), random.pick(WORDS).toUpperCase(), random.pick(PLACES)],
  ]);
  const at = turned(turn);
  const half = content.length === 1 ? 20 : content.length === 2 ? 27 : 34;
  const round = random.chance(0.25) && content.length < 3;
  const plateOf = (dx: number, dy: number): Point[] =>
    round
      ? arc([50, 50], dx, 0, 2 * PI)
      : [at(50 - dx, 50 - dy), at(50 + dx, 50 - dy), at(50 + dx, 50 + dy), at(50 - dx, 50 + dy)];
  const sky = random.int(150, 215);
  const pole: Rgb = [110, 112, 116];
  const marks: Mark[] = [
    area(
      [
        [0, 78],
        [100, 74],
        [100, 100],
        [0, 100],
      ],
      [random.int(70, 120), random.int(90, 130), random.int(60, 90)],
    ),
    line([at(50, 60), [50, 99]], 4, pole),
    area(plateOf(44, half), ink),
    area(plateOf(42.4, half - 1.6), ground),
    ...centred(content, round ? 28 : 52 - half, round ? 72 : 48 + half, round ? 62 : 76, turn, {
      colour: ink,
    }),
  ];
  return { printed: { lines: content, fields: [] }, marks, paper: [sky - 20, sky, Math.min(255, sky + 25)] };
}

function plate(random: Random, hard: boolean): Style {
  const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ';
  const some = (n: number): string =>
    Array.from({ length: n }, () => letters[random.int(0, letters.length - 1)] ?? 'A').join('');
  const code = random.pick([
    `${some(2)} ${random.int(10, 99)} ${some(3)}`,
    `${some(3)} ${random.int(1000, 9999)}`,
    `${some(1)}-${some(2)} ${random.int(100, 999)}`,
  ]);
  const turn = random.range(-0.12, 0.12) * (hard ? 1.8 : 1);
  const at = turned(turn);
  const body: Rgb = random.pick([
    [40, 44, 52] as const,
    [120, 30, 34] as const,
    [30, 60, 110] as const,
    [180, 182, 186] as const,
    [70, 76, 70] as const,
  ]);
  const rect = (dx: number, dy: number): Point[] => [
    at(50 - dx, 50 - dy),
    at(50 + dx, 50 - dy),
    at(50 + dx, 50 + dy),
    at(50 - dx, 50 + dy),
  ];
  const ground: Rgb = random.pick([
    [246, 246, 242] as const,
    [244, 214, 80] as const,
    [250, 250, 250] as const,
  ]);
  const marks: Mark[] = [
    line(
      [
        [0, 28],
        [100, 28],
      ],
      1.2,
      [20, 20, 24],
    ),
    line(
      [
        [0, 76],
        [100, 76],
      ],
      1.2,
      [20, 20, 24],
    ),
    area(rect(45, 14), [24, 24, 28]),
    area(rect(44, 13), ground),
    ...centred([code], 38, 62, 80, turn, {}),
  ];
  return { printed: { lines: [code], fields: [] }, marks, paper: body };
}

function note(random: Random, hard: boolean): Style {
  const count = hard ? random.int(4, 5) : random.int(2, 4);
  const lines = Array.from({ length: count }, () =>
    random.pick([
      two(random),
      two(random),
      `${random.pick(WORDS)} ${random.int(2, 99)}`,
      `${random.int(1, 12)}:${random.int(10, 59)} ${random.pick(WORDS)}`,
    ]),
  );
  const paper: Rgb = random.pick([
    [252, 248, 214] as const,
    [250, 250, 246] as const,
    [232, 240, 250] as const,
  ]);
  const ink: Rgb = random.pick([[30, 40, 110] as const, [30, 30, 36] as const, [120, 24, 40] as const]);
  const slot = 84 / count;
  const height = Math.min(8.5, slot * 0.5);
  const marks: Mark[] = [];
  if (random.chance(0.7))
    for (let i = 1; i <= count; i++)
      marks.push(
        line(
          [
            [0, 6 + slot * i - slot * 0.12],
            [100, 6 + slot * i - slot * 0.12],
          ],
          0.3,
          [170, 190, 215],
        ),
      );
  lines.forEach((l, i) => {
    const stretch = Math.min(0.95, 86 / widthOf({ text: l, height, stretch: 1 }));
    marks.push(
      text(l, [7 + random.range(-1, 2), 6 + slot * (i + 1) - slot * 0.2], height, {
        anchor: 'start',
        slant: random.range(0.08, 0.25),
        turn: random.range(-0.025, 0.025),
        shake: hard ? 0.05 : 0.035,
        seed: random.int(0, 2 ** 30),
        stretch,
        weight: random.range(0.75, 1.05),
        colour: ink,
      }),
    );
  });
  return { printed: { lines, fields: [] }, marks, paper };
}

function receipt(random: Random, hard: boolean): Style {
  const count = hard ? random.int(4, 6) : random.int(3, 4);
  const names = random.shuffle(WORDS).slice(0, count);
  const money = random.chance(0.6);
  const fields = names.map((name) => ({
    name: name.charAt(0).toUpperCase() + name.slice(1),
    value: money
      ? `${random.int(1, 48)}.${String(random.int(1, 99)).padStart(2, '0')}`
      : random.pick([
          String(random.int(100, 9999)),
          `${random.int(1, 28)}/${random.int(1, 12)}`,
          random.pick(WORDS).toUpperCase(),
        ]),
  }));
  const slot = Math.min(17, 84 / count);
  const height = Math.min(6.2, slot * 0.44);
  const top = 50 - (slot * count) / 2;
  const marks: Mark[] = [
    area(
      [
        [6, 3],
        [94, 3],
        [94, 97],
        [6, 97],
      ],
      [252, 252, 250],
    ),
  ];
  fields.forEach(({ name, value }, i) => {
    const y = top + slot * (i + 0.5) + height / 2;
    const room = (content: string, width: number): number =>
      Math.min(1, width / widthOf({ text: content, height, stretch: 1 }));
    marks.push(text(name, [10, y], height, { anchor: 'start', stretch: room(name, 44), weight: 0.75 }));
    marks.push(text(value, [90, y], height, { anchor: 'end', stretch: room(value, 32), weight: 0.75 }));
    if (i > 0)
      marks.push(
        line(
          [
            [10, top + slot * i],
            [90, top + slot * i],
          ],
          0.25,
          [190, 190, 194],
        ),
      );
  });
  const shade = random.int(120, 200);
  return {
    printed: { lines: fields.map((f) => `${f.name} ${f.value}`), fields },
    marks,
    paper: [shade, shade - 8, shade - 16],
  };
}
