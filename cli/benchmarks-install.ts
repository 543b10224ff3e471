import { parseArgs } from 'node:util';
import { type InstalledData, install } from '@/server/benchmarks';
import { type Command, count, OCEAN, print, UsageError } from './command';
import { benchmarkNamed, dataDir, generated, splitNamed } from './read-samples';

const help = `Installs a benchmark's published annotation file into the data folder, where the command and the web server find it.

Usage: ${OCEAN} benchmarks install ID --from PATH|URL [--split S] [--images DIR] [--json]

  ID           a benchmark: ${OCEAN} benchmarks lists them
  --from       the published file, or a zip of it; its address, or where it lies here
  --split      which split it is; left out, the number of samples says so, and a zip may hold several
  --images     the folder of the benchmark's images, for showing them beside the samples (they are not copied)
  --json       one JSON list of what was installed

Without --from it says where the file is published; a benchmark that is generated (ocean-world) is written without one,
which happens by itself where it is first needed. The data folder is OCEAN_DATA_DIR, or .data.

Example:
  ${OCEAN} benchmarks install refcoco --from rec_jsons_processed.zip --images coco/train2014
`;

const options = {
  from: { type: 'string' },
  split: { type: 'string' },
  images: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const benchmarksInstall: Command = {
  help,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0)
      throw new UsageError(`name one benchmark: ${OCEAN} benchmarks install ID --from PATH|URL`);
    const benchmark = benchmarkNamed(id);
    const split = splitNamed(benchmark, values.split);
    const { source } = split ?? benchmark.splits[0];
    if (source.kind === 'generated') {
      if (values.from !== undefined || values.images !== undefined)
        throw new UsageError(`${benchmark.id} is generated here: it takes neither --from nor --images`);
      const splits = split === null ? benchmark.splits : [split];
      return report(await generated(benchmark, splits), values.json ?? false);
    }
    if (values.from === undefined) {
      const note = source.note === undefined ? '' : ` (${source.note})`;
      throw new UsageError(`say where the file is: --from ${source.url}${note}`);
    }
    report(
      await install(dataDir(), benchmark, split, values.from, values.images ?? null),
      values.json ?? false,
    );
  },
};

function report(done: readonly InstalledData[], asJson: boolean): void {
  if (asJson) {
    const rows = done.map((data) => ({
      benchmark: data.benchmark,
      split: data.split,
      samples: data.sampleCount,
      sha256: data.sha256,
      known: data.known,
      source: data.source,
      bytes: data.bytes,
      images: data.imagesDir,
    }));
    print(JSON.stringify(rows, null, 2));
    return;
  }
  for (const data of done) {
    print(
      `installed ${data.split} of ${data.benchmark}: ${count(data.sampleCount)} samples from ${data.source}`,
    );
    print(`  sha256 ${data.sha256}${data.known ? '' : ' (not among the published files known here)'}`);
    if (data.imagesDir !== null) print(`  images ${data.imagesDir}`);
  }
}
