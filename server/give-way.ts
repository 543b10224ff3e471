import { processWide } from './process-wide';

/** So long all that is long on the server's thread goes on together before others are answered, in ms. */
const TURN_MS = 20;

/** When long work began in the present turn of the event loop. */
const turn = processWide<{ began: number | null }>('turn of the loop', () => ({ began: null }));

/** Awaited between the steps of long work, each of a ms or so: others are answered in between, however many work at once. */
export async function giveWay(): Promise<void> {
  const present = turn();
  if (present.began === null) {
    present.began = performance.now();
    setImmediate(() => {
      present.began = null;
    });
  }
  if (performance.now() - present.began >= TURN_MS) await new Promise((resolve) => setImmediate(resolve));
}
