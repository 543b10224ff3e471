import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { NewRun } from './new-run';

/** For tests: a small benchmark, predictions on it, and the programs of this folder that score them. */

export const counting = Array.from({ length: 200 }, (_, index) => ({
  image_path: `./images/${Math.floor(index / 2)}.png`,
  question: 'How many different items are there in the image?',
  ground_truth: 3 + (index % 8),
}));

/** Our own form; `odd` replaces outputs, null leaves the row out. */
export function predictions(right: number, odd: Record<number, string | null> = {}, tail = ''): string {
  const lines = counting.flatMap(({ ground_truth }, index) => {
    const replaced = odd[index];
    if (replaced === null) return [];
    const answer = index < right ? ground_truth : ground_truth + 1;
    const output = replaced ?? `<think>50% of it\\_ ${index}</think><answer>${answer}</answer>`;
    return [JSON.stringify({ sample_id: String(index), output })];
  });
  return `${lines.join('\n')}\n${tail}`;
}

export function newRunOf(sha256: string, name: string): NewRun {
  return {
    fileSha256: sha256,
    fileName: `${name}.jsonl`,
    benchmark: 'superclevr-200',
    split: 'test',
    model: {
      kind: 'new',
      name,
      family: 'tests',
      parametersB: 3,
      openWeights: true,
      link: null,
      stage: null,
      parentId: null,
    },
    prompt: null,
    generation: { temperature: 0 },
  };
}

/** Bundles a program of this folder; the libraries that load files of their own stay outside. */
const bundled = (entry: string, outfile: string) =>
  build({
    entryPoints: [join(import.meta.dirname, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.9',
    external: ['@electric-sql/pglite', 'pg', 'pino'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });

export interface TestPrograms {
  /** The worker whose scorers get into trouble where an output asks for it. */
  worker: string;
  /** A server that hands in a file and scores it. */
  server: string;
  /** The benchmark's annotations. */
  annotations: string;
  remove(): void;
}

export async function testPrograms(): Promise<TestPrograms> {
  // Within the repository, from where the programs find their libraries.
  mkdirSync('node_modules/.cache', { recursive: true });
  const folder = mkdtempSync(resolve('node_modules/.cache', 'ocean-test-'));
  const programs = {
    worker: join(folder, 'test-worker.mjs'),
    server: join(folder, 'test-server.mjs'),
    annotations: join(folder, 'counting.jsonl'),
  };
  await bundled('test-worker.ts', programs.worker);
  await bundled('test-server.ts', programs.server);
  writeFileSync(programs.annotations, counting.map((each) => JSON.stringify(each)).join('\n'));
  return { ...programs, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
