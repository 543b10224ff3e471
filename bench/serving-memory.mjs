// Memory of the server over OCEAN_BENCH_MINUTES (60) in which the three pages of serving-load are asked for in turn, 20 s each, by ten
// connections: noted each minute, after WARM_MINUTES that are not counted. Needs wrk, as serving-load.

import { serving } from './serving.mjs';
import { pagesOf, untilPublished, wrk } from './serving-load.mjs';

const MINUTES = Number(process.env.OCEAN_BENCH_MINUTES ?? 60);
const WARM_MINUTES = 3;
const CONNECTIONS = 10;
/** The last tenth may be so much above the first. */
const BOUND = 1.1;
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

export async function servingMemory() {
  await serving(4195, async ({ address, memory }) => {
    const runId = await untilPublished(address);
    const noted = [];
    for (let minute = -WARM_MINUTES; minute < MINUTES; minute++) {
      const told = [];
      for (const path of Object.values(pagesOf(runId)))
        told.push(await wrk(`${address}${path}`, CONNECTIONS, 20));
      const now = memory();
      if (minute >= 0) noted.push(now);
      const tenth = Math.ceil(noted.length / 10);
      const growth = mean(noted.slice(-tenth)) / mean(noted.slice(0, tenth));
      console.log(
        `minute ${String(minute + 1).padStart(3)}   ${now.toFixed(0)} MB   requests ${told.map(({ requests }) => requests).join(', ')}` +
          `   errors ${told.map(({ errors }) => errors).join(', ')}` +
          (noted.length > 0
            ? `   last tenth ${growth.toFixed(3)} times the first, of ${BOUND}`
            : '   warming up'),
      );
    }
  });
}
