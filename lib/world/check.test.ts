import { describe, expect, test } from 'vitest';
import { isTooLarge, shares } from './balance';
import { fault } from './check';
import { type AskedScene, type Question, TASKS } from './question';
import { SPLITS, seedIn } from './scene';
import { ask } from './world';

const SIZE = 112;
const SOLID = new Set(['counting', 'existence', 'relation', 'depth', 'distance', 'referring']);

describe.each(TASKS)('%s', (task) => {
  test.each(SPLITS)('the checker comes to the same answers in %s', (split) => {
    for (let n = 0; n < (SOLID.has(task) ? 8 : 60); n++)
      expect(fault(ask(task, seedIn(split, n), SIZE), SIZE)).toBeNull();
  });
});

describe('the checker finds', () => {
  const spoilt = (
    task: Question['task'],
    change: (asked: AskedScene) => Partial<Question>,
  ): string | null => {
    const asked = ask(task, seedIn('test', 3), SIZE);
    return fault({ ...asked, question: { ...asked.question, ...change(asked) } }, SIZE);
  };

  test.each(TASKS.filter((task) => task !== 'referring'))('a wrong answer to %s', (task) => {
    expect(
      spoilt(task, () => ({ answer: { kind: 'words', forms: ['(Z)'] }, steps: ['(Z)'] })),
    ).not.toBeNull();
  });

  test('a wrong box', () => {
    expect(
      spoilt('referring', () => ({ answer: { kind: 'box', box: [1, 2, 3, 4] }, steps: ['1, 2, 3, 4'] })),
    ).toContain('the box is');
  });

  test('a description that two things fit', () => {
    expect(spoilt('referring', () => ({ query: { ask: 'box', of: {} }, text: 'Where is it?' }))).toContain(
      'things are',
    );
  });

  test('a question that names another attribute', () => {
    expect(
      spoilt('counting', ({ question }) => ({ text: `${question.text} And the pink and gray ones?` })),
    ).toContain('names');
  });

  test('a wrong sum in a step', () => {
    expect(
      spoilt('chart', ({ question }) => ({ steps: ['3 + (4 - 1) * 2 = 8.', ...question.steps] })),
    ).toContain('is 9, not 8');
  });

  test('a conclusion that is not the answer', () => {
    expect(spoilt('table', () => ({ steps: ['I do not know.'] }))).toContain('does not end in the answer');
  });

  test('two choices that are the same', () => {
    expect(spoilt('depth', () => ({ options: ['red cube', 'red cube'] }))).toContain('the same');
  });

  test('a length in the picture only that could be that of a part', () => {
    const asked = Array.from({ length: 200 }, (_, n) => ask('geometry', seedIn('test-hard', n), SIZE));
    const rhombus = asked.find(({ question }) => question.kind === 'rhombus-area');
    if (!rhombus) throw new Error('no rhombus is asked about');
    const { scene, question } = rhombus;
    const given = /If (.*), \w+ the/.exec(question.text)?.[1];
    const steps = [`The figure shows ${given}.`, ...question.steps];
    expect(fault({ scene, question: { ...question, steps } }, SIZE)).toContain('is divided');
  });

  test('an angle that is drawn otherwise', () => {
    const { scene, question } = ask('geometry', seedIn('test', 3), SIZE);
    if (scene.kind !== 'diagram') throw new Error('geometry is asked on a diagram');
    const [name = ''] = Object.keys(scene.points);
    expect(
      fault({ scene: { ...scene, points: { ...scene.points, [name]: [0, 0] } }, question }, SIZE),
    ).not.toBeNull();
  });
});

test('no task is won by a constant', () => {
  const asked = TASKS.flatMap((task) =>
    Array.from(
      { length: SOLID.has(task) ? 60 : 400 },
      (_, n) => ask(task, seedIn('test', 1000 + n), SIZE).question,
    ),
  );
  expect(shares(asked).filter(isTooLarge)).toEqual([]);
});

test('a constant that wins is found out', () => {
  const { question } = ask('existence', 1, SIZE);
  const asked = Array.from(
    { length: 100 },
    (_, n): Question => ({
      ...question,
      answer: { kind: 'words', forms: [n < 95 ? 'yes' : 'no'] },
    }),
  );
  expect(shares(asked).filter(isTooLarge)).toMatchObject([
    { of: 'existence', majority: 'yes', share: 0.95 },
    { of: question.kind, majority: 'yes', share: 0.95 },
  ]);
});
