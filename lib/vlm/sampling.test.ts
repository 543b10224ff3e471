import { describe, expect, test } from 'vitest';
import { GREEDY, goldens } from '@/e2e/models';
import { chooseToken, uniform } from './sampling';

const logits = Float32Array.from({ length: 50 }, (_, id) => 4 * Math.sin(id * id * 0.7));
const { seeds, steps, forbidden, cases } = goldens().draws;

describe('tokens are drawn as by the trainer', () => {
  for (const { temperature, topP, topK, tokens } of cases) {
    test(`temperature ${temperature}, top-p ${topP}, top-k ${topK}`, () => {
      const drawn = seeds.flatMap((seed) =>
        Array.from({ length: steps }, (_, step) =>
          chooseToken(logits, forbidden, { ...GREEDY, temperature, topP, topK, seed }, step),
        ),
      );
      expect(drawn).toEqual(tokens);
    });
  }
});

test('greedy takes the likeliest, of equals the first, and never the forbidden one', () => {
  const some = Float32Array.of(1, 3, 2, 3);
  expect(chooseToken(some, 0, GREEDY, 0)).toBe(1);
  expect(chooseToken(some, 1, GREEDY, 0)).toBe(3);
  expect(chooseToken(Float32Array.of(5, 1), 0, GREEDY, 0)).toBe(1);
});

test('the forbidden token is never drawn, however likely', () => {
  const some = Float32Array.of(0, 50, 0);
  for (let step = 0; step < 200; step++)
    expect(chooseToken(some, 1, { ...GREEDY, temperature: 1 }, step)).not.toBe(1);
});

test('draws have the probabilities of the distribution', () => {
  const some = Float32Array.of(Math.log(0.7), Math.log(0.2), Math.log(0.1), -1000);
  const count = [0, 0, 0, 0];
  for (let step = 0; step < 20_000; step++) {
    const token = chooseToken(some, 3, { ...GREEDY, temperature: 1, seed: 5 }, step);
    count[token] = (count[token] ?? 0) + 1;
  }
  expect(count.map((each) => Math.round(each / 200) / 100)).toEqual([0.7, 0.2, 0.1, 0]);
});

test('numbers lie in [0, 1), and the largest seed gives some', () => {
  for (let step = 0; step < 1000; step++) {
    const drawn = uniform(Number.MAX_SAFE_INTEGER, step);
    expect(drawn >= 0 && drawn < 1).toBe(true);
  }
});
