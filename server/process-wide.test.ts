import { expect, test, vi } from 'vitest';
import { inTurn, processWide } from './process-wide';

/** As Next's bundles do: the module is evaluated once more. */
async function anotherEvaluation(): Promise<typeof import('./process-wide')> {
  vi.resetModules();
  return import('./process-wide');
}

test('a value is made once, however often the module is evaluated', async () => {
  const other = await anotherEvaluation();
  const make = vi.fn(() => new Map<string, number>());
  const here = processWide('test value', make);
  here().set('a', 1);
  expect(other.processWide('test value', make)()).toBe(here());
  expect(make).toHaveBeenCalledOnce();
  expect(processWide('another value', make)()).not.toBe(here());
});

test('a value may be nothing', () => {
  const make = vi.fn(() => undefined);
  const nothing = processWide('nothing', make);
  nothing();
  nothing();
  expect(make).toHaveBeenCalledOnce();
});

test('turns exclude each other across evaluations, and go on after a failure', async () => {
  const other = await anotherEvaluation();
  const said: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      said.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      said.push(`${name} ends`);
      if (fails) throw new Error(`${name} failed`);
      return name;
    };
  const first = inTurn('test')(work('first', true));
  const second = other.inTurn('test')(work('second'));
  await expect(first).rejects.toThrow('first failed');
  await expect(second).resolves.toBe('second');
  expect(said).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});
