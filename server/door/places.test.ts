import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { places } from './places';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Who has come in, in that order. */
async function queue(count: number) {
  const enter = places(2, 500);
  const inside: { who: number; leave: () => void }[] = [];
  for (let who = 0; who < count; who++) void enter().then((leave) => inside.push({ who, leave }));
  await vi.advanceTimersByTimeAsync(0);
  const leave = async (who: number) => {
    inside.find((each) => each.who === who)?.leave();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { who: () => inside.map((each) => each.who), leave };
}

it('lets one in for each that leaves, in the order of asking', async () => {
  const { who, leave } = await queue(4);
  expect(who()).toEqual([0, 1]);
  await leave(1);
  expect(who()).toEqual([0, 1, 2]);
  await leave(1);
  expect(who()).toEqual([0, 1, 2]);
  await leave(2);
  expect(who()).toEqual([0, 1, 2, 3]);
});

it('keeps nobody waiting for what takes long, and gives its place on once', async () => {
  const { who, leave } = await queue(5);
  await vi.advanceTimersByTimeAsync(500);
  expect(who()).toEqual([0, 1, 2, 3]);
  await leave(0);
  expect(who()).toEqual([0, 1, 2, 3]);
});
