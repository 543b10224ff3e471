import { textAnswer } from './answers';
import { arc, area, line, type Mark, type Point, type Rgb, text, widthOf } from './drawing';
import { PI } from './maths';
import type { AskedScene, QuestionDraft } from './question';
import { Random } from './random';
import { type FlatScene, splitOf } from './scene';
import { list, worded } from './wording';

/** Printed and hand-written text: signs, plates, notes and receipts, and questions that read them. */

export const WORDS = (
  'bread river stone light paper glass green house music water table north south early every small great happy quiet ' +
  'orange silver garden market bridge window summer winter spring autumn forest castle island harbor planet rocket ' +
  'coffee butter pepper cherry banana tomato rabbit turtle parrot donkey camera pencil pocket button hammer ladder ' +
  'salmon tunnel valley desert meadow garage museum office school street corner square studio theater ticket travel ' +
  'doctor artist farmer sailor singer writer driver baker tailor player engine signal copper marble velvet cotton ' +
  'lemon melon grape olive onion sugar honey cream mango peach eagle horse tiger zebra whale shark snake mouse sheep ' +
  'cloud storm ocean beach coast cliff creek field grass maple cedar lotus daisy tulip amber coral ivory pearl lunar ' +
  'solar royal grand vivid rapid fresh sunny misty windy dusty rusty shiny noble brave eager jolly lucky proud witty'
).split(' ');

/** Whether letters are one of the words that signs, notes and receipts are made of; all others are codes. */
export const isWord = (letters: string): boolean => WORDS.includes(letters.toLowerCase());

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
    'What can be read in the image?',
    'What does it say here?',
    'Write down the text that you see.',
    'Please give the text of this picture.',
    'What is the writing in the image?',
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
  entry: [
    'Which entry has the value {value}?',
    'What stands beside {value}?',
    'For what is {value} given?',
    'Which name is listed with {value}?',
    'Find {value} in the picture. What does it belong to?',
    'To which entry does {value} belong?',
    'What is the name of the entry with {value}?',
    'According to the text, what has {value} next to it?',
    'Look for {value}: what is written before it?',
    'Read the name that {value} is printed for.',
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

export function printedText(seed: number): AskedScene<FlatScene> & { printed: Printed } {
  const random = new Random(seed, 'text');
  const hard = splitOf(seed) === 'test-hard';
  const { printed, marks, paper } = random.pick([sign, plate, note, receipt, card])(random, hard);
  const draft = random.pick(draftsOf(printed))(random, printed, hard ? 1 : 0);
  return {
    scene: { kind: 'text', seed, drawing: { paper, grain: random.range(1, hard ? 12 : 5), marks } },
    printed,
    question: worded('text', random.split('wording'), draft),
  };
}

type DraftMaker = (random: Random, printed: Printed, harder: 0 | 1) => QuestionDraft;

const wordsOf = (line: string | undefined): string[] => (line ?? '').split(' ');
/** Whether a line is of several words and nothing else, so that they can be counted. */
const ofWords = (line: string): boolean => /^[A-Za-z]+( [A-Za-z]+)+$/.test(line);
const quoted = (lines: readonly string[]): string => list(lines.map((line) => `"${line}"`));

/** What can be asked of a text. All of it is asked for where it is short. */
function draftsOf({ lines, fields }: Printed): DraftMaker[] {
  if (fields.length > 0) return [byName, byName, byValue];
  const makers: DraftMaker[] = [];
  if (lines.length > 1) makers.push(nthLine);
  if (lines.join(' ').length <= 24) makers.push(whole);
  if (lines.length > 1 && lines.some(ofWords)) makers.push(word);
  return makers;
}

/** What else may be asked of a text. */
export const furtherOfText = (printed: Printed, random: Random): QuestionDraft[] =>
  draftsOf(printed).flatMap((make) => [make(random, printed, 0), make(random, printed, 0)]);

const whole: DraftMaker = (_, { lines }, harder) => ({
  kind: 'text-all',
  wordings: WORDINGS.all,
  values: {},
  answer: textAnswer(lines.join(' '), lines.join('\n'), lines.join(', ')),
  steps: [`The text in the image is ${lines.join(' ')}.`],
  difficulty: harder ? 2 : 1,
  query: { ask: 'line', line: -1 },
});

const nthLine: DraftMaker = (random, { lines }, harder) => {
  const at = random.int(0, lines.length - 1);
  const asked = lines[at] ?? '';
  return {
    kind: 'text-line',
    wordings: WORDINGS.line,
    values: { nth: nth(at) },
    answer: textAnswer(asked),
    steps: [`From the top, the lines are ${quoted(lines)}.`, `The ${nth(at)} line is ${asked}.`],
    difficulty: harder ? 3 : 2,
    query: { ask: 'line', line: at },
  };
};

const word: DraftMaker = (random, { lines }, harder) => {
  const at = random.pick(lines.flatMap((line, i) => (ofWords(line) ? [i] : [])));
  const inLine = wordsOf(lines[at]);
  const nthWord = random.int(0, inLine.length - 1);
  const asked = inLine[nthWord] ?? '';
  return {
    kind: 'text-word',
    wordings: WORDINGS.word,
    values: { nth: nth(nthWord), line: nth(at) },
    answer: textAnswer(asked),
    steps: [`The ${nth(at)} line is "${lines[at]}".`, `Its ${nth(nthWord)} word is ${asked}.`],
    difficulty: harder ? 4 : 3,
    query: { ask: 'word', line: at, word: nthWord },
  };
};

const byName: DraftMaker = (random, { fields }, harder) => {
  const field = random.pick(fields);
  return {
    kind: 'text-field',
    wordings: WORDINGS.field,
    values: { name: `"${field.name}"` },
    answer: textAnswer(field.value),
    steps: [`Beside "${field.name}" stands ${field.value}.`],
    difficulty: harder ? 3 : 2,
    query: { ask: 'field', name: field.name },
  };
};

const byValue: DraftMaker = (random, { fields }, harder) => {
  const once = fields.filter(({ value }) => fields.filter((other) => other.value === value).length === 1);
  // Where all values are alike, nothing tells the names apart.
  if (once.length === 0) return byName(random, { lines: [], fields }, harder);
  const field = random.pick(once);
  return {
    kind: 'text-entry',
    wordings: WORDINGS.entry,
    values: { value: `"${field.value}"` },
    answer: textAnswer(field.name),
    steps: [`"${field.value}" stands beside ${field.name}.`],
    difficulty: harder ? 3 : 2,
    query: { ask: 'entry', value: field.value },
  };
};

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
    ...centred([code], 38, 62, 76, turn, {}),
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

/** A card with what has no meaning: letters, a long number, or a mixture, as labels and meters have them. */
function card(random: Random, hard: boolean): Style {
  const some = (letters: string, n: number): string =>
    Array.from({ length: n }, () => letters[random.int(0, letters.length - 1)]).join('');
  const more = hard ? 2 : 0;
  const code = random.pick([
    some('ABCDEFGHJKLMNPRSTUVWXYZ', random.int(4, 6) + more),
    some('abcdefghjkmnprstuvwxyz', random.int(4, 6) + more),
    some('0123456789', random.int(5, 8) + more),
    some('ABCDEFHJKLMNPRTUVWXY346789', random.int(5, 7) + more),
  ]);
  const turn = random.range(-0.15, 0.15) * (hard ? 1.6 : 1);
  const [ground, ink]: readonly [Rgb, Rgb] = random.pick([
    [[250, 248, 240] as const, [34, 34, 40] as const] as const,
    [[28, 34, 30] as const, [120, 235, 140] as const] as const,
    [[236, 240, 250] as const, [20, 50, 130] as const] as const,
    [[40, 40, 46] as const, [250, 190, 70] as const] as const,
  ]);
  const at = turned(turn);
  const marks: Mark[] = [
    area([at(6, 34), at(94, 34), at(94, 66), at(6, 66)], ground),
    ...centred([code], 38, 62, 80, turn, { colour: ink }),
  ];
  const shade = random.int(90, 200);
  return { printed: { lines: [code], fields: [] }, marks, paper: [shade, shade, shade + 8] };
}
