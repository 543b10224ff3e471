import { and, asc, between, eq, or, type SQL, sql } from 'drizzle-orm';
import { mayChange, type Principal } from '../auth';
import { contains, getDb, prediction, sample, verdict } from '../db';
import { Problem } from '../problem';
import { inTurn, processWide } from '../process-wide';
import { rateLimit } from '../rate-limit';

/**
 * A search looks through every output of a run, and those may be half a gigabyte. It does so piece by piece, searches take turns, and
 * between two pieces the database answers everybody else: a search is slow for whoever asks for it, and for nobody more.
 */

/** What a piece holds at most: some 20 ms of work. An output is looked through in one go however long it is. */
const PIECE_ROWS = 500;
const PIECE_BYTES = 1_000_000;
const oneTurn = inTurn('search');

/** Searches that go on at a time. */
const MOST_AT_ONCE = 20;
const running = processWide('searches', () => ({ count: 0 }));
// 120 new texts a minute of one visitor, 600 of all together; what was found is kept, and looking at it is not counted.
const limit = rateLimit('search', 120, 600, 60_000);

/** Ordinals of the samples of a version of data within `condition` that have a text in their question, answer or output. @throws Problem */
export async function searchSamples(
  dataId: string,
  condition: SQL | undefined,
  text: string,
  { principal, address }: { principal: Principal; address: string },
): Promise<number[]> {
  const wait = mayChange(principal) ? 0 : await limit.take(address);
  if (wait > 0) throw new Problem('too-many', `Many searches were made. Search again in ${wait} s.`);
  const searches = running();
  if (searches.count >= MOST_AT_ONCE)
    throw new Problem('too-many', 'Many searches go on just now. Search again in a moment.');
  searches.count++;
  try {
    const db = await getDb();
    const ofSample = and(eq(sample.dataId, dataId), eq(sample.ordinal, verdict.ordinal));
    const ofPrediction = and(eq(prediction.runId, verdict.runId), eq(prediction.sampleId, verdict.sampleId));
    const candidates = await oneTurn(() =>
      db
        .select({
          ordinal: verdict.ordinal,
          bytes: sql<number>`coalesce(octet_length(${prediction.output}), 0)`,
        })
        .from(verdict)
        .innerJoin(sample, ofSample)
        .leftJoin(prediction, ofPrediction)
        .where(condition)
        .orderBy(asc(verdict.ordinal)),
    );
    const found: number[] = [];
    for (const [first, last] of piecesOf(candidates)) {
      const rows = await oneTurn(() =>
        db
          .select({ ordinal: verdict.ordinal })
          .from(verdict)
          .innerJoin(sample, ofSample)
          .leftJoin(prediction, ofPrediction)
          .where(
            and(
              condition,
              between(verdict.ordinal, first, last),
              or(
                contains(sample.question, text),
                contains(verdict.answer, text),
                contains(prediction.output, text),
              ),
            ),
          )
          .orderBy(asc(verdict.ordinal)),
      );
      for (const { ordinal } of rows) found.push(ordinal);
    }
    return found;
  } finally {
    searches.count--;
  }
}

/** First and last ordinal of each piece. */
export function piecesOf(
  rows: readonly { ordinal: number; bytes: number }[],
): [first: number, last: number][] {
  const pieces: [number, number][] = [];
  let count = 0;
  let sum = 0;
  for (const { ordinal, bytes } of rows) {
    const piece = pieces.at(-1);
    if (piece === undefined || count === PIECE_ROWS || sum + bytes > PIECE_BYTES) {
      pieces.push([ordinal, ordinal]);
      count = 0;
      sum = 0;
    } else piece[1] = ordinal;
    count++;
    sum += bytes;
  }
  return pieces;
}
