import { expect, test } from 'vitest';
import { HELD_FOR_VALIDATION, PARAPHRASES, paraphrased } from './paraphrases';
import { Random } from './random';
import { seedIn } from './scene';
import type { SolidTask } from './solid-questions';
import { type RowSet, trainingRow } from './training-row';
import { ask } from './world';

const SOLID = ['counting', 'existence', 'relation', 'depth', 'distance', 'referring'] as const;
const questions = (task: SolidTask, count: number) =>
  Array.from({ length: count }, (_, n) => ask(task, seedIn('test', n), 112).question);

test('every kind of question about solids has a dozen more lines, no line twice', () => {
  const kinds = new Set(SOLID.flatMap((task) => questions(task, 40).map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual(Object.keys(PARAPHRASES).sort());
  for (const [kind, lines] of Object.entries(PARAPHRASES)) {
    expect(lines.length - HELD_FOR_VALIDATION, kind).toBeGreaterThanOrEqual(11);
    expect(new Set(lines).size, kind).toBe(lines.length);
  }
});

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, ' ');

test('no paraphrase is a wording of the test splits, with an opening or without', () => {
  for (const task of SOLID)
    for (const question of questions(task, 60).filter(({ phrasing }) => !phrasing.seen))
      for (const use of ['train', 'val'] as const)
        for (let n = 0; n < 200; n++) {
          const asked = paraphrased(question, use, new Random(n, question.kind));
          expect(plain(asked).endsWith(plain(question.text)), asked).toBe(false);
        }
});

test('a paraphrase says all that the question names, and leaves no choice of words open', () => {
  for (const task of SOLID)
    for (const question of questions(task, 30))
      for (let n = 0; n < 30; n++) {
        const asked = paraphrased(question, n % 2 ? 'train' : 'val', new Random(n));
        for (const option of question.options ?? []) expect(asked).toContain(`) ${option}`);
        const [said = ''] = asked.split('\n');
        expect(said).not.toMatch(/[{}|]|undefined| {2}| [.?,]/);
        const { many, one, bare, ...named } = question.values;
        const plainly = said
          .toLowerCase()
          .replace(/\ba thing\b/g, 'an object')
          .replace(/\b(?:thing|item)/g, 'object');
        for (const name of Object.values(named))
          expect(plainly).toContain(name.toLowerCase().replace(/\b(?:thing|item)/g, 'object'));
        const forms = [many, one, bare].flatMap((form) => (form ? [form.toLowerCase()] : []));
        if (forms.length > 0)
          expect(
            forms.some((form) => plainly.includes(form.replace(/\b(?:thing|item)/g, 'object'))),
            said,
          ).toBe(true);
      }
});

test('some questions of training speak of things and items', () => {
  const asked = questions('counting', 200).map((question, n) =>
    paraphrased(question, 'train', new Random(n)),
  );
  for (const word of ['objects', 'things', 'items'])
    expect(
      asked.some((text) => new RegExp(`(red|small|metal) ${word}`).test(text)),
      word,
    ).toBe(true);
});

test.each([
  ['train', true],
  ['val', true],
  ['test', false],
] as const)('rows of %s are asked in other words when wished: %s', (split, others) => {
  const set: RowSet = {
    split,
    tasks: SOLID,
    seed: 1,
    size: 112,
    frame: 112,
    image: { format: 'png' },
    further: true,
    paraphrase: true,
    talk: false,
    places: false,
  };
  const rows = Array.from({ length: 18 }, (_, index) => {
    const { task, seed, question, further } = trainingRow(set, index).extra_info;
    const same = ask(task, seed, 112).question.text === question;
    return { same, further: further.map(({ question }) => question) };
  });
  expect(rows.some(({ same }) => !same)).toBe(others);
  expect(rows.some(({ same }) => same)).toBe(true);
  const plainly = Array.from({ length: 18 }, (_, index) =>
    trainingRow({ ...set, paraphrase: false }, index).extra_info.further.map(({ question }) => question),
  );
  expect(rows.map(({ further }) => further).toString() === plainly.toString()).toBe(!others);
});
