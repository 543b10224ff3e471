import { parseArgs } from 'node:util';
import type { Sample } from '@/lib/benchmarks/benchmark';
import { type Command, print, printLines, table, UsageError } from './command';
import { benchmarkNamed, notInstalled, readAllInstalled, readData, splitNamed } from './read-samples';

const help = `Prints the samples of a benchmark, in the order of its data.

Usage: ocean benchmarks samples ID [--split S] [--data PATH] [--json]

  ID        a benchmark: ocean benchmarks lists them
  --split   left out: the one that is installed, or that --data is
  --data    the benchmark's annotation file as published; left out, the installed one
  --json    JSON lines {sample_id, question, options, gold, tags}; also where the output is no terminal

Example:
  ocean benchmarks samples superclevr --data super_clevr_test_5k.jsonl --json | head -3
`;

export const benchmarksSamples: Command = {
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { split: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0)
      throw new UsageError('name one benchmark: ocean benchmarks samples ID');
    const benchmark = benchmarkNamed(id);
    const split = splitNamed(benchmark, values.split);
    const targets =
      values.data === undefined
        ? await readAllInstalled(
            (data) => data.benchmark === benchmark.id && (split === null || data.split === split.id),
          )
        : [await readData(benchmark, values.data, split)];
    const [target, ...others] = targets;
    if (target === undefined) throw notInstalled(benchmark, split);
    if (others.length > 0)
      throw new UsageError(
        `${benchmark.id} is installed with ${targets.map((each) => each.split.id).join(', ')}: choose with --split`,
      );
    if (values.json || !process.stdout.isTTY) return printLines(target.samples.map(asJson));
    const short = (text: string, length: number) =>
      text.length > length ? `${text.slice(0, length - 1)}…` : text;
    print(
      table([
        ['SAMPLE', 'GOLD', 'QUESTION'],
        ...target.samples.map((sample) => [
          short(sample.sampleId, 20),
          short(typeof sample.gold === 'string' ? sample.gold : JSON.stringify(sample.gold), 24),
          short(sample.question.replaceAll(/\s+/g, ' '), 80),
        ]),
      ]),
    );
  },
};

const asJson = ({ sampleId, question, options, gold, tags }: Sample): string =>
  JSON.stringify({ sample_id: sampleId, question, options, gold, tags });
