import { parseArgs } from 'node:util';
import { type DownloadProgress, type InstalledData, install } from '@/server/benchmarks';
import { type Command, count, OCEAN, print, say, UsageError } from './command';
import { benchmarkNamed, dataDir, generated, splitNamed } from './read-samples';

const help = `Installs a benchmark's published annotation file into the data folder, where the command and the web server find it.

Usage: ${OCEAN} benchmarks install ID [--split S] [--from PATH|URL] [--images DIR] [--json]

  ID           a benchmark: ${OCEAN} benchmarks lists them
  --split      which split it is; left out, its first, or all that a zip holds
  --from       the file, or a zip of it: where it lies here, or another address than that where it is published
  --images     the folder of the benchmark's images, for showing them beside the samples (they are not copied)
  --json       one JSON list of what was installed

Without --from the file is fetched from where it is published, and taken where its sha256 is the known one; a download
that was cut goes on where it stopped. A benchmark that is generated (ocean-world) is written here, which happens by
itself where it is first needed. The data folder is OCEAN_DATA_DIR, or .data.

Example:
  ${OCEAN} benchmarks install refcoco --images coco/train2014
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
      throw new UsageError(`name one benchmark: ${OCEAN} benchmarks install ID`);
    const benchmark = benchmarkNamed(id);
    const split = splitNamed(benchmark, values.split);
    const { source } = split ?? benchmark.splits[0];
    if (source.kind === 'generated') {
      if (values.from !== undefined || values.images !== undefined)
        throw new UsageError(`${benchmark.id} is generated here: it takes neither --from nor --images`);
      const splits = split === null ? benchmark.splits : [split];
      return report(await generated(benchmark, splits), values.json ?? false);
    }
    const from = values.from ?? null;
    if (from === null) say(`fetching ${source.url}${source.note === undefined ? '' : ` (${source.note})`}`);
    const progress = showDownload();
    try {
      report(
        await install(dataDir(), benchmark, split, from, values.images ?? null, progress.show),
        values.json ?? false,
      );
    } finally {
      progress.end();
    }
  },
};

/** How much is here: on a terminal one line that changes, elsewhere a line a tenth of the file. */
function showDownload(): { show: (progress: DownloadProgress) => void; end: () => void } {
  const { stderr } = process;
  let told = -1;
  return {
    show({ received, total }) {
      const step = total === null ? Math.floor(received / 10_000_000) : Math.floor((10 * received) / total);
      if (step === told && !stderr.isTTY) return;
      told = step;
      const line = `${count(received)}${total === null ? '' : ` of ${count(total)}`} bytes`;
      if (stderr.isTTY) stderr.write(`\r${line}\x1b[K`);
      else say(line);
    },
    end() {
      if (stderr.isTTY && told >= 0) stderr.write('\r\x1b[K');
    },
  };
}

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
