import { expect, test } from 'vitest';
import { calculation, copying, lookUp } from './drills';
import { Random } from './random';

const DRILLS = Array.from({ length: 300 }, (_, n) => calculation(new Random(n, 'drills')));

/** What both sides of an equation come to. */
const value = (expression: string): number =>
  expression.split(' ').reduce((sum, part, i, parts) => {
    const sign = parts[i - 1];
    const number = part.endsWith('²') ? Number(part.slice(0, -1)) ** 2 : Number(part);
    if (Number.isNaN(number)) return sum;
    return i === 0
      ? number
      : sign === '+'
        ? sum + number
        : sign === '-'
          ? sum - number
          : sign === '*'
            ? sum * number
            : sum / number;
  }, 0);

test('every calculation is right, and what it comes to is said in the answer', () => {
  let equations = 0;
  for (const { question, thought, answer } of DRILLS) {
    for (const [, left = '', right] of thought.matchAll(/((?:\d+ [-+*/] )+\d+) = (\d+)\./g)) {
      expect(value(left), thought).toBe(Number(right));
      equations++;
    }
    for (const [, square = '', x] of thought.matchAll(/x² = (\d+² [-+] \d+²), so x = (\d+)/g))
      expect(value(square), thought).toBe(Number(x) ** 2);
    const asked = question.replace(/^(Calculate|Work out|Find|What is) (.*)[.?]$/, '$2').split(/, | and /);
    const told = answer.split(/, | and /).map(Number);
    expect(told).toHaveLength(asked.length);
    asked.forEach((each, i) => {
      const square = each.replace('x with x² = ', '');
      expect(value(square), `${question} ${answer}`).toBe(square === each ? told[i] : (told[i] ?? 0) ** 2);
    });
  }
  expect(equations).toBeGreaterThan(900);
});

test('numbers are whole, above zero, and no larger than those of solutions', () => {
  for (const { thought, answer } of DRILLS) {
    expect(thought).not.toMatch(/NaN|undefined|\.\d|-\d/);
    for (const [number] of `${thought} ${answer}`.matchAll(/\d+/g)) {
      expect(Number(number)).toBeGreaterThan(0);
      expect(Number(number)).toBeLessThanOrEqual(360);
    }
  }
});

/** The pieces that a question tells, by their places. */
const toldIn = (question: string): ReadonlyMap<string, string> =>
  new Map([...question.matchAll(/(\d+,\d+) (\S+?)\.(?= |\n)/g)].map(([, at = '', text = '']) => [at, text]));

test('what is looked up stands where it is told, whichever of the two is asked for', () => {
  let looks = 0;
  for (let n = 0; n < 300; n++) {
    const { question, thought, answer } = lookUp(new Random(n, 'drills'));
    const told = toldIn(question);
    const asked = question.split('\n')[1] ?? '';
    const answers = answer.split(/, | and /);
    const byPlace = asked.startsWith('What stands at ');
    const items = asked.replace(/^(What stands at|Where do) | stand(?=\?)|[?"]/g, '').split(/, | and /);
    expect(answers, asked).toHaveLength(items.length);
    items.forEach((item, i) => {
      const [at = '', text] = byPlace ? [item, answers[i]] : [answers[i], item];
      expect(told.get(at), question).toBe(text);
      expect(thought).toContain(byPlace ? `${at} ${text}.` : `${text}: ${at}.`);
      looks++;
    });
  }
  expect(looks).toBeGreaterThan(900);
});

test('what is copied is all that is told, and no piece stands in it twice', () => {
  for (let n = 0; n < 100; n++) {
    const { question, answer } = copying(new Random(n, 'drills'));
    expect(question).toBe(`${answer}\nRead all that is written, and say where it stands.`);
    const texts = [...toldIn(question).values()];
    expect(texts.length).toBeGreaterThan(1);
    expect(new Set(texts).size).toBe(texts.length);
  }
});
