import { and, asc, eq, sql } from 'drizzle-orm';
import { mayChange } from '../auth';
import { getDb, prediction, verdict } from '../db';
import { giveWay } from '../give-way';
import { Problem } from '../problem';
import { rateLimit } from '../rate-limit';
import { ofRun, type ScoredRun, type Visitor } from './samples';

/** All outputs of a run, one after the other, to be looked into. */

/** So often a minute for one address, and for all together. */
const limit = rateLimit('behaviour', 20, 200, 60_000);

/** @throws Problem where outputs were looked into too often. */
export async function mayLook({ principal, address }: Visitor): Promise<void> {
  const wait = mayChange(principal) ? 0 : await limit.take(address);
  if (wait > 0)
    throw new Problem(
      'too-many',
      `Outputs were looked into often in the last minute. Try again in ${wait} s.`,
    );
}

/** Rows read at once, and how much of an output is looked into. */
const PAGE = 500;
const MOST = 100_000;

export interface LookedInto {
  ordinal: number;
  sampleId: string;
  /** Its beginning, where the whole is `length` UTF-16 units long. */
  output: string;
  length: number;
  tokens: number | null;
  /** A mark of the answer: equal where answers are. */
  answer: string | null;
}

/** @param count of the samples that the run is over */
export async function* outputsOf(of: ScoredRun, count: number): AsyncGenerator<LookedInto> {
  const db = await getDb();
  for (let from = 0; from < count; from += PAGE) {
    const rows = await db
      .select({
        ordinal: verdict.ordinal,
        sampleId: verdict.sampleId,
        output: sql<string>`left(${prediction.output}, ${MOST}::int)`,
        length: sql<number>`length(${prediction.output})`,
        tokens: prediction.tokens,
        answer: sql<string | null>`md5(${verdict.answer})`,
      })
      .from(verdict)
      .innerJoin(
        prediction,
        and(eq(prediction.runId, verdict.runId), eq(prediction.sampleId, verdict.sampleId)),
      )
      .where(and(ofRun(of), sql`${verdict.ordinal} between ${from} and ${from + PAGE - 1}`))
      .orderBy(asc(verdict.ordinal));
    for (const row of rows) {
      yield { ...row, length: row.length > MOST ? row.length : row.output.length };
      await giveWay();
    }
  }
}
