import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { claimedAccuracy } from '@/lib/predictions/match';
import { openPredictions } from '@/lib/predictions/open';
import { FORMATS, type PredictionRow } from '@/lib/predictions/predictions-file';
import { scoreRows } from '@/lib/predictions/score-rows';
import type { Sample } from '@/lib/samples/sample';
import { judgedVerdict, readJudgedId } from '@/lib/scoring/judge';
import { OUTCOMES, type Outcome, type StoredVerdict, storedVerdict, timedOut } from '@/lib/scoring/scorer';
import { packVerdicts } from '@/lib/stats/ranks';
import { summarise } from '@/lib/stats/summarise';
import { readInstalled } from '../benchmarks';
import { fileSource } from './file-source';
import { gaugesOf } from './worker-gauges';
import { type Post, type ScoringTask, TaskRefused } from './worker-protocol';

/** A message holds this many rows at most, or about this many characters of output. */
const BATCH_ROWS = 500;
const BATCH_LENGTH = 1_000_000;

/**
 * Scores a file row by row, in its order; then the samples that no row names. Sends verdicts in batches and never gets
 * far ahead of the database.
 */
export async function scoreFile(
  task: ScoringTask,
  post: Post,
  benchmarkOf: (id: string) => Benchmark | null,
): Promise<void> {
  const benchmark = benchmarkOf(task.benchmark);
  const split = benchmark?.splits.find(({ id }) => id === task.split);
  const scorer = benchmark?.scorers.find(
    ({ id }) => id === (readJudgedId(task.scorer)?.scorer ?? task.scorer),
  );
  if (!benchmark || !split || !scorer)
    throw new TaskRefused(`There is no scorer ${task.scorer} for ${task.benchmark}/${task.split}.`);
  const installed = await readInstalled(task.dataDir, benchmark, split);
  if (installed === null || installed.data.sha256 !== task.dataSha256)
    throw new TaskRefused(
      `The annotations of ${benchmark.name} changed in the meantime: submit the file again.`,
    );
  const { samples } = installed;
  if (task.sendSamples) sendSamples(samples, post);

  const gauges = gaugesOf(task.gauges);
  const outcomes = new Uint8Array(task.outcomes);
  const batch = batches(post, gauges);
  const file = await openPredictions(fileSource(task.path, task.fileName));
  const scoring = scoreRows(
    gauges.counted(file.rows()),
    samples,
    `${benchmark.name}, ${split.label}`,
    ({ sample, ordinal, row }, position) => {
      const { output, extraction } = row;
      if (position < task.received) return known(outcomeAt(outcomes, ordinal));
      const lost = task.lost.get(position);
      if (lost !== undefined) return timedOut(lost);
      const replies = task.replies?.get(sample.sampleId);
      return gauges.scoring(position, () =>
        storedVerdict(
          replies === undefined
            ? scorer.score(sample, output, extraction)
            : judgedVerdict(scorer, sample, output, replies),
        ),
      );
    },
  );
  for (const { sample, ordinal, position, row, verdict } of scoring) {
    if (position < task.received) continue;
    outcomes[ordinal] = 1 + OUTCOMES.indexOf(verdict.outcome);
    batch.add(sample, ordinal, verdict, task.sendPredictions ? row : null);
  }
  batch.flush();

  const { outcomes: all, report } = scoring.scored();
  post({
    type: 'done',
    result: {
      score: summarise(benchmark, samples, all),
      verdictBits: packVerdicts(all.map((outcome) => outcome === 'correct')),
      matched: report.matched,
      missing: report.missing.length,
      claimedAccuracy: claimedAccuracy(file, report),
      format: FORMATS[file.format],
    },
  });
}

function outcomeAt(outcomes: Uint8Array, ordinal: number): Outcome {
  const outcome = OUTCOMES[(outcomes[ordinal] ?? 0) - 1];
  if (outcome === undefined) throw new Error('a sample that was received was left without an outcome');
  return outcome;
}

/** Of a verdict that the server has: it is sent no more. */
const known = (outcome: Outcome): StoredVerdict => ({ outcome, answer: null, reason: '', span: null });

/** What Postgres cannot store (NUL, half a surrogate pair) is replaced one for one, so that spans stay right. */
export function storable(text: string): string {
  return text.replace(/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

const isInt32 = (value: number | null) =>
  value !== null && Number.isInteger(value) && value >= 0 && value < 2 ** 31;

function batches(post: Post, gauges: ReturnType<typeof gaugesOf>) {
  let sent = 0;
  let length = 0;
  let verdicts: unknown[] = [];
  let predictions: unknown[] = [];

  function flush(): void {
    if (verdicts.length === 0) return;
    // One is being written while the next is made; a third would wait in memory.
    gauges.waitUntilWritten(sent, 1);
    post({
      type: 'verdicts',
      count: verdicts.length,
      verdicts: JSON.stringify(verdicts),
      predictions: JSON.stringify(predictions),
    });
    sent++;
    length = 0;
    verdicts = [];
    predictions = [];
  }

  return {
    flush,
    add(
      { sampleId }: Sample,
      ordinal: number,
      { outcome, answer, reason, span }: StoredVerdict,
      prediction: Pick<PredictionRow, 'output' | 'extraction' | 'tokens'> | null,
    ): void {
      verdicts.push({
        sample_id: sampleId,
        ordinal,
        outcome,
        answer: answer === null ? null : storable(answer),
        reason: storable(reason),
        span_start: span?.[0] ?? null,
        span_end: span?.[1] ?? null,
      });
      length += answer?.length ?? 0;
      if (prediction !== null) {
        const { output, extraction, tokens } = prediction;
        predictions.push({
          sample_id: sampleId,
          output: storable(output),
          extraction: extraction === undefined ? null : storable(extraction),
          tokens: isInt32(tokens) ? tokens : null,
        });
        length += output.length + (extraction?.length ?? 0);
      }
      if (verdicts.length >= BATCH_ROWS || length >= BATCH_LENGTH) flush();
    },
  };
}

function sendSamples(samples: readonly Sample[], post: Post): void {
  const size = 2_000;
  for (let from = 0; from < samples.length; from += size) {
    const rows = samples.slice(from, from + size).map((sample, index) => ({
      sample_id: sample.sampleId,
      ordinal: from + index,
      question: storable(sample.question),
      options: sample.options?.map(storable) ?? null,
      gold: storableJson(sample.gold),
      tags: storableJson(sample.tags),
      image: sample.image,
      cluster: sample.cluster,
    }));
    post({ type: 'samples', json: JSON.stringify(rows), last: from + size >= samples.length });
  }
}

function storableJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' ? storable(each) : each,
  );
}
