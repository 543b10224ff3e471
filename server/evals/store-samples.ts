import { eq, sql } from 'drizzle-orm';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import type { InstalledData } from '../benchmarks';
import { benchmarkData, type Db, getDb } from '../db';

/** A version of annotations has one row, and samples of its own. */
export function dataIdOf({ benchmark, split, sha256 }: InstalledData): string {
  return `${benchmark}/${split}/${sha256.slice(0, 16)}`;
}

export async function hasSamples(data: InstalledData): Promise<boolean> {
  const db = await getDb();
  const found = await db
    .select({ id: benchmarkData.id })
    .from(benchmarkData)
    .where(eq(benchmarkData.id, dataIdOf(data)));
  return found.length > 0;
}

/** All samples of a version, or none. @param parts JSON lists of rows, as the worker makes them. */
export async function storeSamples(
  benchmark: Benchmark,
  data: InstalledData,
  parts: readonly string[],
): Promise<void> {
  const db = await getDb();
  const id = dataIdOf(data);
  await db.transaction(async (tx) => {
    const made = await tx
      .insert(benchmarkData)
      .values({
        id,
        benchmark: data.benchmark,
        split: data.split,
        sha256: data.sha256,
        source: data.source,
        licence: benchmark.licence,
        sampleCount: data.sampleCount,
      })
      .onConflictDoNothing()
      .returning({ id: benchmarkData.id });
    if (made.length === 0) return;
    for (const part of parts) await insertSamples(tx, id, part);
  });
}

function insertSamples(db: Db, dataId: string, json: string) {
  return db.execute(sql`
    insert into sample (data_id, sample_id, ordinal, question, options, gold, tags, image, cluster)
    select ${dataId}::text, r.* from jsonb_to_recordset(${json}::text::jsonb) as r(
      sample_id text, ordinal int, question text, options jsonb, gold jsonb, tags jsonb, image text, cluster text)`);
}
