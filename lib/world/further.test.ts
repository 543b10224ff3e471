import { expect, test } from 'vitest';
import { fault } from './check';
import { flatQuestions, furtherQuestions, furtherTalk } from './further';
import type { Words } from './paraphrases';
import { TASKS } from './question';
import { Random } from './random';
import { seedIn } from './scene';
import { sight } from './sight';
import { furtherQuestion, type SolidTask } from './solid-questions';
import { list } from './wording';
import { ask } from './world';

const SIZE = 112;
const AS_ASKED: Words = (question) => question.text;
const SOLID = ['counting', 'existence', 'relation', 'depth', 'distance', 'referring'] as const;

test.each(SOLID)('a further question of %s is right by the checker', (task: SolidTask) => {
  let asked = 0;
  for (let n = 0; n < 12; n++) {
    const seed = seedIn('train', n);
    const { scene } = ask('existence', seed, SIZE);
    if ('drawing' in scene) throw new Error('no scene of solids');
    const question = furtherQuestion(task, scene, new Random(seed, 'test'), SIZE);
    if (question === null) continue;
    asked += 1;
    expect(fault({ scene, question }, SIZE)).toBeNull();
  }
  expect(asked).toBeGreaterThan(6);
});

test.each(['chart', 'table', 'text'] as const)(
  'further questions of a %s are right by the checker',
  (task) => {
    for (let n = 0; n < 25; n++) {
      const known = ask(task, seedIn('train', n), SIZE);
      const questions = flatQuestions(known, new Random(known.scene.seed, 'test'));
      expect(questions.length).toBeGreaterThan(0);
      expect(new Set(questions.map(({ text }) => text)).size).toBe(questions.length);
      for (const question of questions) expect(fault({ scene: known.scene, question }, SIZE)).toBeNull();
    }
  },
);

test.each(['geometry', 'chart', 'table', 'text'] as const)(
  'what is looked up in a %s is what its reading has there, and is there once',
  (task) => {
    let looks = 0;
    for (let n = 0; n < 20; n++) {
      const further = furtherQuestions(ask(task, seedIn('train', n), SIZE), SIZE, AS_ASKED, true);
      const read = [...(further[0]?.solution.matchAll(/(\d+,\d+) (.+?)\.(?= \d+,\d+ |<)/g) ?? [])].map(
        ([, at = '', text = '']) => ({ at, text }),
      );
      for (const { kind, question, solution } of further.slice(1)) {
        if (kind !== 'look-up') continue;
        const byPlace = question.startsWith('What stands at');
        const said = /<answer>(.*)<\/answer>/s.exec(solution)?.[1] ?? '';
        const asked = byPlace
          ? question.match(/\d+,\d+/g)
          : [...question.matchAll(/"(.+?)"/g)].map(([, text]) => text);
        const found = (asked ?? []).map((one) =>
          read.filter(({ at, text }) => (byPlace ? at : text) === one),
        );
        if (!byPlace) expect(found.map((some) => some.length)).toEqual(found.map(() => 1));
        expect(said).toBe(list(found.map(([piece]) => (byPlace ? piece?.text : piece?.at) ?? 'nothing')));
        looks += found.length;
      }
    }
    expect(looks).toBeGreaterThan(100);
  },
);

test('a description names all things from left to right, with their boxes', () => {
  for (let n = 0; n < 6; n++) {
    const known = ask('counting', seedIn('train', n), SIZE);
    const [described] = furtherQuestions(known, SIZE, AS_ASKED);
    const boxes = [...(described?.solution.matchAll(/at \[(\d+, \d+, \d+, \d+)\]/g) ?? [])].map(
      ([, box]) => box,
    );
    if ('drawing' in known.scene) throw new Error('no scene of solids');
    const truth = sight(known.scene, SIZE).boxes.map((box) => box?.join(', '));
    expect(boxes.toSorted()).toEqual(truth.toSorted());
    const middles = boxes.map((box) => {
      const [x1 = 0, , x2 = 0] = (box ?? '').split(', ').map(Number);
      return Math.floor((x1 + x2) / 2);
    });
    expect(middles).toEqual(middles.toSorted((a, b) => a - b));
  }
});

test.each(TASKS)('what there is to learn from a picture of %s has the forms of a training row', (task) => {
  for (let n = 0; n < 4; n++) {
    for (const { content, question, solution } of furtherQuestions(
      ask(task, seedIn('train', n), SIZE),
      SIZE,
      AS_ASKED,
    )) {
      expect(content.startsWith(`<image> ${question}\n`)).toBe(true);
      expect(solution).toMatch(/^<think>.+<\/think>\n<answer>.+<\/answer>$/s);
      expect(solution).not.toMatch(/undefined|null|NaN/);
    }
  }
});

test('charts, tables and texts are described in full, a geometric figure is not', () => {
  for (const task of TASKS) {
    const known = ask(task, seedIn('train', 5), SIZE);
    const further = furtherQuestions(known, SIZE, AS_ASKED);
    if ('chart' in known)
      for (const { name, value } of known.chart.categories)
        expect(further[0]?.solution).toContain(`${name} ${value}`);
    if ('printed' in known)
      for (const line of known.printed.lines) expect(further[0]?.solution).toContain(line);
    if ('table' in known)
      for (const { name, cells } of known.table.rows) {
        expect(further[0]?.solution).toContain(`${name}: `);
        for (const cell of cells) expect(further[0]?.solution).toContain(String(cell));
      }
    if ('figure' in known) expect(further).toEqual([]);
  }
});

test('everyday talk is asked without the instruction, and a follow-up stands behind what it goes on from', () => {
  const { scene } = ask('counting', seedIn('train', 3), SIZE);
  const talk = furtherTalk(scene, SIZE);
  expect(talk.length).toBeGreaterThanOrEqual(9);
  for (const { content, question, solution } of talk) {
    expect(content).toBe(`<image> ${question}`);
    expect(solution).toMatch(/^<think>[\s\S]+<\/think>\n<answer>[\s\S]+<\/answer>$/);
  }
  const after = talk.findIndex(({ kind }) => kind === 'follow-up');
  expect(talk[after - 1]?.kind).toBe('talk');
  expect(furtherTalk(ask('table', seedIn('train', 3), SIZE).scene, SIZE)).toEqual([]);
});
