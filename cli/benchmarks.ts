import { parseArgs } from 'node:util';
import type { SplitSource } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { installed } from '@/server/benchmarks';
import { type Command, count, OCEAN, print, table, UsageError } from './command';
import { dataDir } from './read-samples';

const help = `Lists the benchmarks: their splits, how many samples each has, the scorer of the published table, and what is installed.

Usage: ${OCEAN} benchmarks [--json]
       ${OCEAN} benchmarks install ID
       ${OCEAN} benchmarks samples ID

  --json   one JSON list

Example:
  ${OCEAN} benchmarks
`;

function installedWords({
  kind,
  installed,
}: {
  kind: SplitSource['kind'];
  installed: { images: string | null } | null;
}): string {
  if (kind === 'generated') return 'needs no file';
  return installed === null ? 'no' : installed.images === null ? 'yes' : 'yes, with images';
}

const options = {
  json: { type: 'boolean' },
} as const;

export const benchmarks: Command = {
  help,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    if (positionals.length > 0)
      throw new UsageError(`there is no "benchmarks ${positionals[0]}"; there are "install" and "samples"`);
    const here = await installed(dataDir());
    const list = Object.values(BENCHMARKS).map((benchmark) => ({
      id: benchmark.id,
      name: benchmark.name,
      scorers: benchmark.scorers.map((scorer) => scorer.id),
      splits: benchmark.splits.map((split) => {
        const data = here.find((each) => each.benchmark === benchmark.id && each.split === split.id);
        return {
          id: split.id,
          samples: split.sampleCount,
          source: split.source.kind === 'published' ? split.source.url : split.source.version,
          kind: split.source.kind,
          installed:
            data === undefined
              ? null
              : {
                  sha256: data.sha256,
                  known: data.known,
                  source: data.source,
                  installed_at: data.installedAt,
                  images: data.imagesDir,
                },
        };
      }),
    }));
    if (values.json) return print(JSON.stringify(list, null, 2));
    const rows = list.flatMap(({ id, scorers, splits }) =>
      splits.map((split, i) => [
        i === 0 ? id : '',
        split.id,
        count(split.samples).padStart(7),
        scorers[0] ?? '',
        installedWords(split),
      ]),
    );
    print(table([['BENCHMARK', 'SPLIT', 'SAMPLES', 'SCORER', 'INSTALLED'], ...rows]));
    print(`\nInstalled in ${dataDir()}. To install one: ${OCEAN} benchmarks install ID`);
  },
};
