import { parseArgs } from 'node:util';
import { compareLoaded } from '@/lib/compare/compare-loaded';
import {
  type ComparedSet,
  comparisonCsv,
  comparisonJson,
  comparisonMarkdown,
  headingOf,
  methodWords,
  sentencesOf,
  tablesOf,
} from '@/lib/compare/comparison-report';
import { SIGNIFICANT } from '@/lib/compare/comparison-words';
import type { LoadedRun } from '@/lib/compare/loaded-run';
import { type Command, EXIT, OCEAN, print, say, table, UsageError, write } from './command';

const help = `Compares runs over the same samples, here: what one has over another, where it loses, and whether that can be known.

Usage: ${OCEAN} compare A B [C] [D] [--baseline A] [--benchmark ID] [--split S] [--data PATH] [--server URL]
                     [--json | --markdown | --csv] [--fail-if-worse POINTS]

  A B C D          predictions files, scored as ${OCEAN} score does; with --server, ids of its runs
  --baseline       which of them the others are compared with; left out, the first
  --benchmark      of files, left out, what they say; of runs, only those of this benchmark
  --split, --data  as for ${OCEAN} score
  --server         address of a server; no token is needed for published runs
  --json           one JSON object {sets: [{benchmark, split, scorer, sentences, runs, comparisons, transitions}], left_out}
  --markdown       for a paper: sentences, tables, the methods' names
  --csv            a line a comparison, over all samples and over each value of each tag
  --fail-if-worse  end with ${EXIT.worse} where a run answers at least so many points fewer than the baseline and the corrected p
                   is below ${SIGNIFICANT}; and with ${EXIT.badUse} where a run could not be compared

Samples without a prediction count as wrong. Differences are in percentage points, with 95 % intervals.

Example:
  ${OCEAN} compare nano/predictions/nano-base.jsonl nano/predictions/nano-stage1.jsonl nano/predictions/nano-stage2.jsonl --benchmark ocean-world --split test
  ${OCEAN} compare RUN RUN --server https://ocean.example.org --markdown
`;

const options = {
  baseline: { type: 'string' },
  benchmark: { type: 'string' },
  split: { type: 'string' },
  data: { type: 'string' },
  server: { type: 'string' },
  json: { type: 'boolean' },
  markdown: { type: 'boolean' },
  csv: { type: 'boolean' },
  'fail-if-worse': { type: 'string' },
} as const;

export const compare: Command = {
  help,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length < 2)
      throw new UsageError(
        `name two runs at least: ${OCEAN} compare A B, predictions files or ids with --server`,
      );
    if ([values.json, values.markdown, values.csv].filter(Boolean).length > 1)
      throw new UsageError('choose one of --json, --markdown and --csv');
    const limit = values['fail-if-worse'] === undefined ? null : Number(values['fail-if-worse']);
    if (limit !== null && !(limit >= 0))
      throw new UsageError('--fail-if-worse is a number of percentage points from 0 on, as 0.5');
    const baseline = values.baseline === undefined ? 0 : positionals.indexOf(values.baseline);
    if (baseline === -1)
      throw new UsageError(`--baseline ${values.baseline} is none of the runs: ${positionals.join(', ')}`);

    const { runs, refused } = await loaded(positionals, values);
    const first = runs.find(({ arg }) => arg === positionals[baseline]);
    const { sets, leftOut } = compareLoaded(
      runs.map(({ run }) => run),
      [first === undefined ? 0 : runs.indexOf(first)],
    );
    const without = [...refused, ...leftOut];
    if (sets.length === 0) throw new UsageError(without.join(' ') || 'there is nothing to compare');

    if (values.json) print(JSON.stringify(comparisonJson(sets, without)));
    else if (values.markdown) write(comparisonMarkdown(sets, without));
    else if (values.csv) {
      // A carriage return would be made visible.
      write(comparisonCsv(sets).replaceAll('\r\n', '\n'));
      for (const line of without) say(line);
    } else print(asText(sets, without));
    if (limit !== null) judge(sets, without, limit);
  },
};

interface Loaded {
  runs: { arg: string; run: LoadedRun }[];
  /** A sentence for each run of a server that cannot be compared. */
  refused: string[];
}

async function loaded(
  args: readonly string[],
  wish: {
    benchmark?: string | undefined;
    split?: string | undefined;
    data?: string | undefined;
    server?: string | undefined;
  },
): Promise<Loaded> {
  const runs: Loaded['runs'] = [];
  const refused: string[] = [];
  if (wish.server === undefined) {
    const { runOfFile } = await import('./compare-files');
    const { benchmark, split, data } = wish;
    for (const arg of args) runs.push({ arg, run: await runOfFile(arg, { benchmark, split, data }) });
    return { runs, refused };
  }
  const [{ connect, serverNamed }, { runsOfServer }] = await Promise.all([
    import('./server-api'),
    import('./compare-server'),
  ]);
  for (const [i, answer] of (await runsOfServer(connect(serverNamed(wish.server), null), args)).entries()) {
    const arg = args[i] ?? '';
    if ('refused' in answer) refused.push(answer.refused);
    else if (wish.benchmark === undefined || answer.run.benchmark.id === wish.benchmark)
      runs.push({ arg, run: answer.run });
    else refused.push(`${arg} is of ${answer.run.benchmark.id}, not of ${wish.benchmark}.`);
  }
  return { runs, refused };
}

function asText(sets: readonly ComparedSet[], leftOut: readonly string[]): string {
  const lines = sets.flatMap((set) => [
    headingOf(set),
    '',
    ...sentencesOf(set).map((sentence) => `  ${sentence}`),
    '',
    ...tablesOf(set).flatMap(({ title, header, rows }) => [
      title,
      table([header, ...rows].map(([first = '', ...rest]) => [`  ${first}`, ...rest])),
      '',
    ]),
  ]);
  return [...lines, ...leftOut, ...(leftOut.length > 0 ? [''] : []), methodWords(sets)].join('\n');
}

/** For a build: the exit code, and on standard error why it is not 0. */
function judge(sets: readonly ComparedSet[], without: readonly string[], limit: number): void {
  const worse = sets.flatMap(({ comparison, unpaired, benchmark }) => [
    ...(comparison?.all.changes ?? []).flatMap((change, run) =>
      change !== null &&
      change.adjustedP < SIGNIFICANT &&
      change.difference < 0 &&
      change.difference <= -limit
        ? [`${comparison?.names[run]} on ${benchmark.name}`]
        : [],
    ),
    ...unpaired.flatMap(({ name, comparison: { pValue, difference } }) =>
      pValue < SIGNIFICANT && difference < 0 && difference <= -limit ? [`${name} on ${benchmark.name}`] : [],
    ),
  ]);
  if (worse.length > 0) {
    say(`ocean: worse than the baseline by ${limit} points or more, beyond chance: ${worse.join('; ')}`);
    process.exitCode = EXIT.worse;
  } else if (without.length > 0) {
    say(`ocean: not everything was compared: ${without.join(' ')}`);
    process.exitCode = EXIT.badUse;
  }
}
