import { createHash } from 'node:crypto';
import { isBlind, type LoadedRun } from '@/lib/compare/loaded-run';
import { openPredictions } from '@/lib/predictions/open';
import { scoreRows } from '@/lib/predictions/score-rows';
import { nameOf } from './compare-scorers';
import { fileSource } from './file-source';
import { findTarget, type Wish } from './find-target';
import { scoredWithin } from './scored-within';

/** A predictions file as a run: scored by the first scorer of its benchmark. @throws as `ocean score` does */
export async function runOfFile(path: string, wish: Wish): Promise<LoadedRun> {
  const source = fileSource(path);
  const file = await openPredictions(source);
  const target = await findTarget(file, wish);
  const { benchmark, split, samples } = target;
  const [scorer] = benchmark.scorers;
  const scoring = scoreRows(file.rows(), samples, nameOf(target), scoredWithin(scorer));
  for (const _ of scoring);
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
    scored: { data: '', scorer: scorer.id, samples, outcomes: scoring.scored().outcomes },
    figure: null,
    blind: isBlind(file.manifest.generation ?? null),
    withdrawn: false,
  };
}
