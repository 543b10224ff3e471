import { expect, test, vi } from 'vitest';
import { giveWay } from './give-way';

test('however many work at once, others are answered after 20 ms of it and a step of each', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const answered = [0];
  let others = setImmediate(function answer() {
    answered.push(now);
    others = setImmediate(answer);
  });
  const work = async () => {
    for (let step = 0; step < 100; step++) {
      now += 1;
      await giveWay();
    }
  };
  await Promise.all(Array.from({ length: 10 }, work));
  clearImmediate(others);
  answered.push(now);
  expect(now).toBe(1_000);
  expect(Math.max(...answered.slice(1).map((at, n) => at - (answered[n] ?? 0)))).toBeLessThanOrEqual(30);
});
