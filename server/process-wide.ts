/**
 * What a process has once, made at the first call. Next evaluates a module once for each of its bundles, so a variable of a
 * module is several in one server: queues, turns, counts and what is kept go through here. `name` is its own.
 */
export function processWide<T>(name: string, make: () => T): () => T {
  return () => {
    if (!kept.has(name)) kept.set(name, make());
    return kept.get(name) as T;
  };
}

const KEY = Symbol.for('ocean-r1');
const shared: typeof globalThis & { [KEY]?: Map<string, unknown> } = globalThis;
shared[KEY] ??= new Map();
const kept = shared[KEY];

/** Forgets all of it: for tests, as if the process had just begun. */
export function newProcess(): void {
  kept.clear();
}

/** Work of that name is done one after the other, in the order of asking, whatever becomes of the one before. */
export function inTurn(name: string): <T>(work: () => Promise<T>) => Promise<T> {
  const last = processWide<{ turn: Promise<unknown> }>(`turn ${name}`, () => ({ turn: Promise.resolve() }));
  return (work) => {
    const mine = last().turn.then(work);
    last().turn = mine.catch(() => {});
    return mine;
  };
}
