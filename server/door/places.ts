/**
 * Lets so many in at a time, in the order of asking. Each has its place until it leaves it, and for `longMs` at most: what takes
 * long goes on, and keeps the next one waiting no more.
 */
export function places(most: number, longMs: number): () => Promise<() => void> {
  let free = most;
  const waiting: (() => void)[] = [];
  const giveOn = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return async () => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    let isHeld = true;
    const leave = () => {
      clearTimeout(timer);
      if (isHeld) giveOn();
      isHeld = false;
    };
    const timer = setTimeout(leave, longMs);
    return leave;
  };
}
