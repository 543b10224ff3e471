import { expect, test } from 'vitest';
import { drill } from './drills';
import { Random } from './random';

const DRILLS = Array.from({ length: 300 }, (_, n) => drill(new Random(n, 'drills')));

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
