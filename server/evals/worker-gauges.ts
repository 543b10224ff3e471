import type { PredictionRow } from '@/lib/predictions/predictions-file';
import { GAUGE, PHASE } from './worker-protocol';

/** The worker's end of what the server watches. */
export function gaugesOf(buffer: SharedArrayBuffer) {
  const gauges = new Int32Array(buffer);
  return {
    /** Rows as they are read, counted. */
    *counted(rows: Iterable<PredictionRow>): Generator<PredictionRow> {
      for (const row of rows) {
        Atomics.add(gauges, GAUGE.rows, 1);
        yield row;
      }
    },
    /** Runs a scorer on the row at `position`, so that the server sees which one takes too long. */
    scoring<T>(position: number, score: () => T): T {
      Atomics.store(gauges, GAUGE.position, position);
      Atomics.store(gauges, GAUGE.phase, PHASE.scoring);
      const result = score();
      Atomics.store(gauges, GAUGE.phase, PHASE.reading);
      return result;
    },
    /** Blocks until the server has written all but `most` of the `sent` messages: so little is ever in flight. */
    waitUntilWritten(sent: number, most: number): void {
      Atomics.store(gauges, GAUGE.phase, PHASE.waiting);
      for (;;) {
        const acknowledged = Atomics.load(gauges, GAUGE.acknowledged);
        if (sent - acknowledged <= most) break;
        Atomics.wait(gauges, GAUGE.acknowledged, acknowledged);
      }
      Atomics.store(gauges, GAUGE.phase, PHASE.reading);
    },
  };
}
