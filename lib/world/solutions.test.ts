import { expect, test } from 'vitest';
import { concluded } from './answers';
import { Random } from './random';
import { seedIn } from './scene';
import { factsOf, look } from './solid-facts';
import { added, halfOfProduct, inProportion, multiplied, subtracted } from './wording';
import { ask } from './world';

/** What a worked solution says of a scene has to be so, thing by thing, and its last word has to be the answer. */

const SIZE = 128;
const THING = /at x=(\d+), y=(\d+) an? ([a-z ]+) \(([^)]+)\)/g;

test.each(['counting', 'existence', 'referring'] as const)(
  '%s: who looks from left to right names every thing once, where it is',
  (task) => {
    let scans = 0;
    for (let n = 0; n < 120; n++) {
      const { scene, question } = ask(task, seedIn('train', n), SIZE);
      if ('drawing' in scene) throw new Error(`${task} has a drawing`);
      const facts = factsOf(scene, new Random(n, 'solutions'), SIZE);
      const said = [...question.steps.join(' ').matchAll(THING)];
      // "The second cube from the left" is looked for no farther than it is.
      if (said.length === 0 || /(left|right)most|from the (left|right)/.test(question.text)) continue;
      scans++;
      const shown = scene.things.map((_, i) => {
        const [x1, , x2, y2] = facts.boxOf(i) ?? [0, 0, 0, 0];
        return `${Math.floor((x1 + x2) / 2)} ${y2} ${look(facts, i)}`;
      });
      expect(said.map(([, x, y, what]) => `${x} ${y} ${what}`).sort(), question.text).toEqual(shown.sort());
      const across = said.map(([, x]) => Number(x));
      expect(across).toEqual([...across].sort((a, b) => a - b));
    }
    expect(scans).toBeGreaterThan(30);
  },
);

test('what is counted in a solution is the answer', () => {
  for (let n = 0; n < 200; n++) {
    const { question } = ask('counting', seedIn('train', n), SIZE);
    const verdicts = [...question.steps.join(' ').matchAll(THING)].map(([, , , , verdict]) => verdict ?? '');
    const last = (mark: string) =>
      Number(
        verdicts
          .filter((v) => v.startsWith(mark))
          .at(-1)
          ?.slice(mark.length) ?? 0,
      );
    const whole = Number(verdicts.filter((v) => /^\d+$/.test(v)).at(-1) ?? 0);
    const { kind } = question;
    const counted =
      kind === 'count-either'
        ? last('A ') + last('B ')
        : kind === 'count-more'
          ? last('A ') - last('B ')
          : whole;
    expect(String(counted), `${question.text} ${question.steps.join(' ')}`).toBe(concluded(question.answer));
  }
});

test('distances on the ground follow from the places that are said before them', () => {
  for (let n = 0; n < 60; n++) {
    const { question } = ask('distance', seedIn('train', n), SIZE);
    const text = question.steps.join(' ');
    const [, ax, ay] = /stands at \((\d+), (\d+)\)/.exec(text) ?? [];
    const compared = [
      ...text.matchAll(/at \((\d+), (\d+)\), (\d+) across and (\d+) along, is about (\d+) cm/g),
    ];
    expect(compared.length).toBe(question.options?.length);
    for (const [, x, y, across, along, away] of compared) {
      expect([Math.abs(Number(x) - Number(ax)), Math.abs(Number(y) - Number(ay))]).toEqual([
        Number(across),
        Number(along),
      ]);
      expect(Math.abs(Math.hypot(Number(across), Number(along)) - Number(away))).toBeLessThan(1.5);
    }
  }
});

test.each(['depth', 'distance'] as const)(
  '%s: the best so far is the best of those said, and at the end the answer',
  (task) => {
    for (let n = 0; n < 60; n++) {
      const { question } = ask(task, seedIn('train', n), SIZE);
      const farthest = /farther|farthest/.test(question.text);
      const text = question.steps.join(' ');
      expect(text).toContain(`I look for the ${farthest ? 'largest' : 'smallest'} distance.`);
      const said = [...text.matchAll(/about (\d+) cm [^:]*: \(([A-D])\) (\d+)\./g)];
      const lengths = said.map(([, length]) => Number(length));
      expect(lengths.length).toBe(question.options?.length);
      said.forEach(([, , letter, length], i) => {
        const until = lengths.slice(0, i + 1);
        const best = until.indexOf(farthest ? Math.max(...until) : Math.min(...until));
        expect([letter, Number(length)], text).toEqual(['ABCD'[best], until[best]]);
      });
      expect(`(${said.at(-1)?.[2]})`).toBe(concluded(question.answer));
    }
  },
);

test('a relation is said, then looked for among the choices as far as the right one', () => {
  for (let n = 0; n < 40; n++) {
    const { question } = ask('relation', seedIn('train', n), SIZE);
    const choices = [...question.steps.join(' ').matchAll(/\(([A-D])\) ([a-z ]+) \((yes|no)\)/g)];
    choices.forEach(([, letter, option], i) => {
      expect([letter, option]).toEqual(['ABCD'[i], question.options?.[i]]);
    });
    expect(choices.map(([, , , verdict]) => verdict)).toEqual([...choices.slice(1).map(() => 'no'), 'yes']);
    expect(`(${choices.at(-1)?.[1]})`).toBe(concluded(question.answer));
  }
});

test('numbers are added one at a time', () => {
  expect(added([10, 44, 48])).toBe('10 + 44 = 54. 54 + 48 = 102.');
  expect(added([7, 5])).toBe('7 + 5 = 12.');
  expect(subtracted([360, 123, 80, 84])).toBe('360 - 123 = 237. 237 - 80 = 157. 157 - 84 = 73.');
});

test('products and proportions are worked out in numbers below 400', () => {
  expect(halfOfProduct(14, 9)).toBe('14 * 9 = 126. 126 / 2 = 63.');
  expect(multiplied(16, 13)).toBe('16 * 10 = 160. 16 * 3 = 48. 160 + 48 = 208.');
  expect(multiplied(16, 20)).toBe('16 * 20 = 320.');
  expect(inProportion('EC', 14, 39, 26)).toBe('39 : 26 = 3 : 2, and 14 / 2 = 7. EC = 7 * 3 = 21.');
  expect(inProportion('EC', 14, 39, 13)).toBe('39 / 13 = 3. EC = 14 * 3 = 42.');
  expect(inProportion('EC', 14, 13, 26)).toBe('13 : 26 = 1 : 2. EC = 14 / 2 = 7.');
  for (let n = 0; n < 200; n++) {
    const { question } = ask('geometry', seedIn('train', n), SIZE);
    for (const [number] of question.steps.join(' ').matchAll(/\d+/g))
      expect(Number(number)).toBeLessThan(400);
  }
});
