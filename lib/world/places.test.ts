import { describe, expect, test } from 'vitest';
import { flatQuestions } from './further';
import { placedSteps, toldPicture, transcription, writtenPieces } from './places';
import { Random } from './random';
import { seedIn } from './scene';
import { ask } from './world';

/** Places in a solution have to be where the drawing has what is said to be there, and its last number the answer. */

const FRAME = 160;
const TASKS = ['chart', 'table', 'text'] as const;

function* questions(task: (typeof TASKS)[number], count: number) {
  for (let n = 0; n < count; n++) {
    const known = ask(task, seedIn('train', n), FRAME);
    for (const question of [known.question, ...flatQuestions(known, new Random(n, 'places'))]) {
      const steps = placedSteps(known, question, FRAME);
      if (steps === null) throw new Error(`no steps for ${question.text}`);
      yield { known, question, said: steps.join(' ') };
    }
  }
}

/** Where the marks of a drawing say a text, by their anchors, in pixels of the frame. */
const anchors = (known: ReturnType<typeof ask>, text: string) =>
  'drawing' in known.scene
    ? known.scene.drawing.marks.flatMap((mark) =>
        mark.kind === 'text' && mark.text === text ? [mark.at.map((v) => (v * FRAME) / 100)] : [],
      )
    : [];

test.each(['chart', 'table'] as const)('%s: what a solution concludes last is the answer', (task) => {
  const kinds = new Set<string>();
  for (const { question, said } of questions(task, 40)) {
    const form = question.answer.kind === 'words' ? question.answer.forms[0] : '';
    expect(said, question.text).not.toMatch(/undefined|NaN|Infinity| {2}/);
    expect(/-second-/.test(question.kind) ? said : said.slice(-12), `${question.text} ${said}`).toMatch(
      new RegExp(`\\b${form}\\b`),
    );
    kinds.add(question.kind);
  }
  expect(kinds.size).toBeGreaterThanOrEqual(task === 'chart' ? 9 : 5);
});

test('a cell of a table is in the column of its heading and the row of its name', () => {
  let cells = 0;
  for (const { known, question, said } of questions('table', 30)) {
    const [, heading = '', x] = /^(\S+) x=(\d+)\./.exec(said) ?? [];
    expect(Math.abs((anchors(known, heading)[0]?.[0] ?? 0) - Number(x)), question.text).toBeLessThan(2);
    for (const [, name = '', y, value = ''] of said.matchAll(/(\w+) y=(\d+): (\d+)\./g)) {
      // A number's anchor is its middle, one height below which its line stands.
      expect(
        anchors(known, value).some(
          ([ax = 0, ay = 0]) => Math.abs(ax - Number(x)) < 2 && Math.abs(ay - Number(y)) < 8,
        ),
        `${said} ${name}`,
      ).toBe(true);
      cells++;
    }
  }
  expect(cells).toBeGreaterThan(100);
});

test('a bar is where its name stands, and ends where its value is on the axis', () => {
  let bars = 0;
  for (const { known, said } of questions('chart', 30)) {
    if (!('chart' in known)) throw new Error('no chart');
    const ends = new Map<number, number>();
    for (const [, end, value] of said.matchAll(/[xy]=\d+(?: \w+)?, [xy]=(\d+): (\d+)/g)) {
      ends.set(Number(value), Number(end));
      bars++;
    }
    // The larger the value, the higher the bar, or the farther right where it lies.
    const order = [...ends].sort(([a], [b]) => a - b).map(([, end]) => end);
    const rising = [...order].sort((a, b) => a - b);
    expect([rising, rising.toReversed()]).toContainEqual(order);
  }
  expect(bars).toBeGreaterThan(100);
});

describe('texts', () => {
  test('pieces spell the answer, in its order', () => {
    for (const { question, said } of questions('text', 60)) {
      const spelled = [...said.matchAll(/\d+,\d+ ([^ ;]+?)(?=[;.:]?(?: |$))/g)]
        .map(([, piece]) => piece)
        .join('');
      const form = question.answer.kind === 'words' ? question.answer.forms[0] : '';
      expect(spelled.replaceAll(/\W/g, ''), `${question.text} ${said}`).toContain(form.replaceAll(/\W/g, ''));
    }
  });

  test('codes and capitals are read letter by letter, words and short numbers at once', () => {
    const all = Array.from({ length: 60 }, (_, n) =>
      transcription(writtenPieces(ask('text', seedIn('train', n), FRAME), FRAME)),
    );
    const pieces = all.flatMap((said) =>
      [...said.matchAll(/\d+,\d+ ([^ ]+)\. ?/g)].map(([, piece = '']) => piece),
    );
    expect(pieces.some((piece) => /^[a-z]{4,}$/.test(piece))).toBe(true);
    expect(pieces.some((piece) => /[A-Z]{2}|\d{4}/.test(piece))).toBe(false);
  });
});

test('a heading is read at once, years too, and stands where solutions say that its column is', () => {
  let years = 0;
  for (const { known, said } of questions('table', 40)) {
    const [, heading = '', x] = /^(\S+) x=(\d+)\./.exec(said) ?? [];
    const read = new RegExp(`(\\d+),\\d+ ${heading}\\.`).exec(toldPicture(known, FRAME) ?? '');
    expect(Math.abs(Number(read?.[1]) - Number(x)), said).toBeLessThan(2);
    if (/^\d/.test(heading)) years++;
  }
  expect(years).toBeGreaterThan(10);
});

test('a told chart has all that its solutions read: names, ends of bars, and values where they end or on the axis beside', () => {
  for (const { known, said } of questions('chart', 40)) {
    if (!('chart' in known)) throw new Error('no chart');
    const told = toldPicture(known, FRAME) ?? '';
    const bars = [...told.matchAll(/(\d+),(\d+) bar\./g)].map(([, x, y]) => ({ x, y }));
    expect(bars).toHaveLength(known.chart.categories.length);
    const places = said.matchAll(/([xy])=(\d+)(?: \w+)?, [xy]=(\d+): \d+/g);
    for (const [, axis, at, end] of places)
      expect(bars).toContainEqual(axis === 'x' ? { x: at, y: end } : { x: end, y: at });
    for (const { name, value } of known.chart.categories) {
      expect(told).toContain(` ${name}.`);
      if (known.chart.printed) expect(told).toContain(` ${value}.`);
    }
  }
});

test('geometry and solids have no such solutions', () => {
  for (const task of ['geometry', 'counting'] as const) {
    const known = ask(task, seedIn('train', 1), FRAME);
    expect(placedSteps(known, known.question, FRAME)).toBeNull();
    expect(toldPicture(known, FRAME)).toBeNull();
  }
});

test('of a figure its letters and numbers are read, of solids nothing', () => {
  expect(writtenPieces(ask('counting', seedIn('train', 1), FRAME), FRAME)).toEqual([]);
  for (let n = 0; n < 20; n++) {
    const known = ask('geometry', seedIn('train', n), FRAME);
    if (!('drawing' in known.scene)) throw new Error('no figure');
    const labels = known.scene.drawing.marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
    const read = writtenPieces(known, FRAME).map(({ text }) => text);
    expect(labels.length).toBeGreaterThan(2);
    expect(read.join('').replaceAll(/\W/g, '')).toBe(labels.join('').replaceAll(/\W/g, ''));
  }
});
