import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { storeBlob } from '../blobs';
import { NANO_CHECKPOINTS } from '../models';
import { createRun } from './create-run';

/** A checkpoint of our own, and its predictions, which lie in the repository. */
export interface OwnRun {
  checkpointId: string;
  benchmark: string;
  split: string;
  /** Our own form, JSON lines. */
  file: string;
  generation: Record<string, string | number>;
}

export const OWN_RUNS: readonly OwnRun[] = NANO_CHECKPOINTS.map(({ id, browserModel }) => ({
  checkpointId: id,
  benchmark: 'ocean-world',
  split: 'test',
  file: join(process.cwd(), 'nano', 'predictions', `${browserModel}.jsonl`),
  generation: { decoding: 'greedy', max_new_tokens: 256 },
}));

/**
 * Hands in our own predictions as anybody's are, to be published once they are scored. What is here already is left as it is; a
 * run that somebody discarded comes back with the next start.
 */
export async function publishOwnRuns(runs: readonly OwnRun[] = OWN_RUNS): Promise<void> {
  for (const { checkpointId, benchmark, split, file, generation } of runs) {
    const { sha256 } = await storeBlob(new Blob([await readFile(file)]).stream(), null);
    await createRun(
      {
        fileSha256: sha256,
        fileName: basename(file),
        benchmark,
        split,
        model: { kind: 'existing', checkpointId },
        prompt: null,
        generation,
      },
      { owner: 'site', publishWhenScored: true },
    );
  }
}
