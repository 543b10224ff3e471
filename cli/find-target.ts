import { AnnotationError } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { couldBe, likeliestSplit, shareInWords } from '@/lib/predictions/likeliest-split';
import { PredictionsError, type PredictionsFile } from '@/lib/predictions/predictions-file';
import { BenchmarkDataError } from '@/server/benchmarks';
import { OCEAN, UsageError } from './command';
import {
  benchmarkNamed,
  generated,
  installCommand,
  notInstalled,
  readAllInstalled,
  readData,
  splitNamed,
  type Target,
} from './read-samples';

export interface Wish {
  benchmark: string | undefined;
  split: string | undefined;
  data: string | undefined;
}

/**
 * The split that a predictions file is scored against: as named, else as the file says of itself, else the one whose
 * samples nearly all of its rows name.
 *
 * @throws UsageError where nothing decides, saying what to name or to install
 */
export async function findTarget(file: PredictionsFile, wish: Wish): Promise<Target> {
  const id = wish.benchmark ?? file.manifest.benchmark;
  const benchmark = id === undefined ? null : benchmarkNamed(id);
  if (benchmark === null && wish.split !== undefined)
    throw new UsageError('--split needs --benchmark beside it');
  const split = benchmark === null ? null : splitNamed(benchmark, wish.split ?? file.manifest.split);

  if (wish.data !== undefined) {
    if (benchmark !== null) return readData(benchmark, wish.data, split);
    return likeliest(file, await readAsEach(file, wish.data));
  }
  if (benchmark !== null) await generated(benchmark, split === null ? benchmark.splits : [split]);
  const targets = await readAllInstalled((data, each) =>
    benchmark === null
      ? couldBe(file, { benchmark: each.id, split: data.split })
      : each === benchmark && (split === null || data.split === split.id),
  );
  if (targets.length === 0) {
    if (benchmark !== null) throw notInstalled(benchmark, split);
    const [first, ...others] = file.benchmarks;
    if (first !== undefined && others.length === 0) throw notInstalled(benchmarkNamed(first), null);
    throw new UsageError(
      `this may be ${file.benchmarks.length === 0 ? 'of any benchmark' : file.benchmarks.join(' or ')}, and none of them is installed: name it with --benchmark and give its annotations with --data PATH, or see ${OCEAN} benchmarks install --help`,
    );
  }
  const [only] = targets;
  return benchmark !== null && only !== undefined && targets.length === 1 ? only : likeliest(file, targets);
}

/** The annotation file as every benchmark that the predictions allow and that can read it. */
async function readAsEach(file: PredictionsFile, path: string): Promise<readonly Target[]> {
  const targets: Target[] = [];
  let refusal: unknown = null;
  const ids = file.benchmarks.length > 0 ? file.benchmarks : Object.keys(BENCHMARKS);
  for (const id of ids) {
    try {
      targets.push(await readData(benchmarkNamed(id), path, null));
    } catch (error) {
      if (!(error instanceof AnnotationError || error instanceof BenchmarkDataError)) throw error;
      refusal ??= error;
    }
  }
  if (targets.length === 0) throw refusal;
  // What can be read as a whole split is no part of another.
  const whole = targets.filter(({ samples, split }) => samples.length === split.sampleCount);
  return whole.length > 0 ? whole : targets;
}

/** @throws UsageError where the rows leave it open, with how many of them name samples of which split */
function likeliest(file: PredictionsFile, targets: readonly Target[]): Target {
  const { found, shares } = likeliestSplit(
    file.rows(),
    targets.map((target) => ({
      benchmark: target.benchmark.id,
      split: target.split.id,
      samples: target.samples,
      target,
    })),
  );
  if (found !== null) return found.target;
  const nameOf = ({ benchmark, split }: { benchmark: string; split: string }) => `${benchmark} ${split}`;
  const named = shares.filter(({ naming }) => naming > 0);
  const [best, second] = named;
  if (best === undefined) {
    const tried = shares.map(({ split }) => nameOf(split)).join(', ');
    const [other] = file.benchmarks.filter((id) => targets.every(({ benchmark }) => benchmark.id !== id));
    if (other === undefined) throw new PredictionsError(`no row names a sample of ${tried}`);
    throw new UsageError(
      `no row names a sample of ${tried}; it may be ${other}: ${installCommand(benchmarkNamed(other))}`,
    );
  }
  const words = named.map((share) => `${nameOf(share.split)}: ${shareInWords(share)}`).join('; ');
  throw new UsageError(
    second?.report.matched === best.report.matched
      ? `the rows name samples of several splits alike (${words}): choose with --benchmark and --split`
      : `too few rows name samples of one split to tell the benchmark by them (${words}): name it with --benchmark and --split; ocean benchmarks lists what is installed`,
  );
}
