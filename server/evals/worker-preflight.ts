import { BENCHMARK_IDS, type Benchmark, type Split } from '@/lib/benchmarks/benchmark';
import { installLine } from '@/lib/benchmarks/command-lines';
import { OCEAN } from '@/lib/command-line';
import {
  couldBe,
  type InstalledSplit,
  likeliestSplit,
  type SplitShare,
  shareInWords,
} from '@/lib/predictions/likeliest-split';
import { claimedAccuracy, isOfSplit, type MatchReport } from '@/lib/predictions/match';
import { openPredictions } from '@/lib/predictions/open';
import { FORMATS, type PredictionRow, type PredictionsFile } from '@/lib/predictions/predictions-file';
import { scoredBy, scoreRows } from '@/lib/predictions/score-rows';
import type { Sample } from '@/lib/samples/sample';
import type { Outcome, Scorer } from '@/lib/scoring/scorer';
import { readInstalled } from '../benchmarks';
import { fileSource } from './file-source';
import type { PreflightReport } from './types';
import { gaugesOf } from './worker-gauges';
import type { Post, PreflightFindings, PreflightTask } from './worker-protocol';

const EXAMPLES = 5;

interface Target {
  benchmark: Benchmark;
  split: Split;
  /** Null where they are not installed. */
  samples: readonly Sample[] | null;
}

/**
 * Looks a file through: whose predictions they are, what is missing, what is too much, what it scores. Of a file that
 * takes longer than it may, its first rows are looked at, and it is not scored.
 */
export async function findingsOf(
  task: PreflightTask,
  post: Post,
  benchmarkOf: (id: string) => Benchmark | null,
): Promise<void> {
  const gauges = gaugesOf(task.gauges);
  const look = lookFor(task.lookMs);
  const source = fileSource(task.path, task.fileName);
  const file = await openPredictions({ ...source, chunks: () => look.chunks(source.chunks()) });
  const targets: Target[] = [];
  for (const { benchmark, split } of targetsOf(task, file, benchmarkOf)) {
    const installed = await readInstalled(task.dataDir, benchmark, split);
    targets.push({ benchmark, split, samples: installed?.samples ?? null });
  }
  const { found, shares } = likeliestSplit(
    look.rows(gauges.counted(file.rows())),
    targets.flatMap((target) =>
      target.samples === null
        ? []
        : [{ benchmark: target.benchmark.id, split: target.split.id, samples: target.samples, target }],
    ),
  );
  const { count, whole } = look.seen();
  const isSaid = task.benchmark !== null || file.manifest.benchmark !== undefined;
  const target = onlyOne(targets, isSaid) ?? found?.target ?? null;
  const report = shares.find(({ split }) => split.target === target)?.report ?? null;
  const scorer = target?.benchmark.scorers[0] ?? null;
  const candidates = target === null ? targets : [target];
  const findings: PreflightFindings = {
    format: { id: file.format, label: FORMATS[file.format] },
    target: target === null ? null : { benchmark: target.benchmark.id, split: target.split.id },
    candidates: candidates.map((candidate) => ({
      benchmark: candidate.benchmark.id,
      split: candidate.split.id,
      name:
        candidate.benchmark.splits.length === 1
          ? candidate.benchmark.name
          : `${candidate.benchmark.name}, ${candidate.split.label}`,
      matched: shares.find(({ split }) => split.target === candidate)?.report.matched ?? 0,
      total: candidate.split.sampleCount,
      installed: candidate.samples !== null,
    })),
    rows: count,
    whole,
    total: target?.split.sampleCount ?? 0,
    matched: report?.matched ?? 0,
    missing: report?.missing.length ?? 0,
    unknown: report?.unknown.count ?? 0,
    duplicates: report?.duplicates.count ?? 0,
    examples: examplesOf(report),
    claimedAccuracy: whole && report !== null ? claimedAccuracy(file, report) : file.claimedAccuracy,
    scorer: scorer === null ? null : { id: scorer.id, label: scorer.label },
    manifest: {
      model: file.manifest.model ?? null,
      prompt: file.manifest.prompt ?? null,
      generation: file.manifest.generation ?? null,
    },
    problems: problemsOf(target, whole ? report : null, candidates, shares),
  };
  post({ type: 'findings', findings, leftMs: look.leftMs() });

  if (whole && target?.samples != null && scorer !== null && report !== null && isOfSplit(report))
    post({
      type: 'accuracy',
      recomputed: recomputedOf(file, target, target.samples, scorer, gauges),
    });
  post({ type: 'done', result: null });
}

class TimeIsUp extends Error {}

/** Rows are looked at so long, be they ever so long, so many, or so well hidden among what are none. */
function lookFor(ms: number) {
  let count = 0;
  let whole = true;
  /** Before and after the rows there is no end: what opens a file reads no more of it than it needs. */
  let until = Number.POSITIVE_INFINITY;
  let leftMs = ms;
  return {
    *chunks(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
      for (const chunk of chunks) {
        if (performance.now() > until) throw new TimeIsUp();
        yield chunk;
      }
    },
    *rows(rows: Iterable<PredictionRow>): Generator<PredictionRow> {
      until = performance.now() + ms;
      try {
        for (const row of rows) {
          count++;
          yield row;
          if (performance.now() > until) throw new TimeIsUp();
        }
      } catch (error) {
        if (!(error instanceof TimeIsUp)) throw error;
        whole = false;
      }
      leftMs = Math.max(0, until - performance.now());
      until = Number.POSITIVE_INFINITY;
    },
    seen: () => ({ count, whole }),
    leftMs: () => leftMs,
  };
}

/** What the submitter chose, else what the file and its content allow. */
function targetsOf(
  task: PreflightTask,
  file: PredictionsFile,
  benchmarkOf: (id: string) => Benchmark | null,
): readonly Omit<Target, 'samples'>[] {
  const all = BENCHMARK_IDS.map(benchmarkOf)
    .filter((benchmark) => benchmark !== null)
    .flatMap((benchmark) => benchmark.splits.map((split) => ({ benchmark, split })));
  if (task.benchmark === null)
    return all.filter(({ benchmark, split }) => couldBe(file, { benchmark: benchmark.id, split: split.id }));
  return all.filter(
    ({ benchmark, split }) =>
      benchmark.id === task.benchmark && (task.split === null || split.id === task.split),
  );
}

type Share = SplitShare<InstalledSplit & { target: Target }>;

/** The one that it is said to be, or could be, where there is no other and it is not for its rows to tell. */
function onlyOne(targets: readonly Target[], isSaid: boolean): Target | null {
  const [only] = targets;
  return only !== undefined && targets.length === 1 && (isSaid || only.samples === null) ? only : null;
}

function recomputedOf(
  file: PredictionsFile,
  target: Target,
  samples: readonly Sample[],
  scorer: Scorer,
  gauges: ReturnType<typeof gaugesOf>,
): PreflightReport['recomputed'] {
  const score = scoredBy(scorer);
  const marks = { total: 0, right: 0, rightAndWrongHere: 0, wrongAndRightHere: 0 };
  const scoring = scoreRows(gauges.counted(file.rows()), samples, nameOf(target), (matched, position) =>
    gauges.scoring(position, () => score(matched, position)),
  );
  for (const { row, verdict } of scoring) {
    const mark = row?.claimedCorrect ?? null;
    if (mark !== null) {
      const isRight = verdict.outcome === 'correct';
      marks.total++;
      marks.right += Number(mark);
      marks.rightAndWrongHere += Number(mark && !isRight);
      marks.wrongAndRightHere += Number(!mark && isRight);
    }
  }
  const { outcomes } = scoring.scored();
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return { accuracy: (100 * count('correct')) / samples.length, needsJudge: count('needs-judge'), marks };
}

const nameOf = ({ benchmark, split }: Target): string => `${benchmark.name}, ${split.label}`;

function examplesOf(report: MatchReport | null): PreflightFindings['examples'] {
  const words = ({ row, reference }: { row: number; reference: string }) => `row ${row}: ${reference}`;
  return {
    missing: report?.missing.slice(0, EXAMPLES).map(({ sampleId }) => sampleId) ?? [],
    unknown: report?.unknown.examples.map(words) ?? [],
    duplicates: report?.duplicates.examples.map(words) ?? [],
  };
}

function problemsOf(
  target: Target | null,
  report: MatchReport | null,
  candidates: readonly Target[],
  shares: readonly Share[],
): readonly string[] {
  if (target === null) {
    const possible = new Set(candidates.map(({ benchmark }) => benchmark.name));
    if (candidates.some(({ samples }) => samples !== null)) {
      const words = shares
        .filter(({ naming }) => naming > 0)
        .map((share) => `${nameOf(share.split.target)}: ${shareInWords(share)}`);
      return [
        `The benchmark cannot be told from the file: choose it. ${words.length === 0 ? 'None of its rows names a sample of those that are installed.' : `Its rows name samples of ${words.join('; ')}.`}`,
      ];
    }
    return [
      `None of the annotations that could tell the benchmark are installed (${[...possible].join(', ')}): choose it, or install them on this server.`,
    ];
  }
  const { benchmark, split, samples } = target;
  const problems: string[] = [];
  if (samples === null)
    problems.push(
      split.source.kind === 'generated'
        ? `The questions of ${nameOf(target)}, are being written on this server, once: look again in a minute.`
        : `The annotations of ${nameOf(target)}, are not installed on this server. In its folder: \`${installLine(OCEAN, { benchmark: benchmark.id, split: split.id })}\`, where \`pictures\` is a folder with the benchmark's pictures; without --images samples are shown without them.`,
    );
  else if (report?.matched === 0)
    problems.push(
      `None of the ${report.rows.toLocaleString('en')} rows names a sample of ${nameOf(target)}: is the file of another split or benchmark?`,
    );
  else if (report !== null && !isOfSplit(report))
    problems.push(
      `${report.contradicted.toLocaleString('en')} of the ${report.rows.toLocaleString('en')} rows have another right answer than the sample of ${nameOf(target)}, at their place: is the file of another split or benchmark, or in another order?`,
    );
  return problems;
}
