import { createHash } from 'node:crypto';
import { matchRows, requireMatches } from '@/lib/predictions/match';
import { openPredictions } from '@/lib/predictions/open';
import { type Outcome, outcomeOf } from '@/lib/scoring/scorer';
import type { LoadedRun } from './compare';
import { fileSource } from './file-source';
import { findTarget, type Wish } from './find-target';

/** A predictions file as a run: scored by the first scorer of its benchmark. @throws as `ocean score` does */
export async function runOfFile(path: string, wish: Wish): Promise<LoadedRun> {
  const source = fileSource(path);
  const file = await openPredictions(source);
  const { benchmark, split, samples } = await findTarget(file, wish);
  const [scorer] = benchmark.scorers;
  const outcomes: Outcome[] = samples.map(() => 'missing');
  const matching = matchRows(file.rows(), samples);
  for (const { sample, ordinal, row } of matching)
    outcomes[ordinal] = outcomeOf(scorer.score(sample, row.output, row.extraction));
  requireMatches(matching.report(), `${split.id} of ${benchmark.id}`);
  const hash = createHash('sha256');
  for (const chunk of source.chunks()) hash.update(chunk);
  return {
    id: hash.digest('hex'),
    names: [
      ...(file.manifest.model ? [file.manifest.model] : []),
      source.name.replace(/(\.\w+)+$/, ''),
      path,
    ],
    benchmark: { id: benchmark.id, name: benchmark.name, breakdowns: benchmark.breakdowns },
    split,
    // Both files are read beside the annotations that are here now.
    scored: { data: '', scorer: scorer.id, samples, outcomes },
    figure: null,
  };
}
