import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { claimedAccuracy } from '@/lib/predictions/match';
import { openPredictions } from '@/lib/predictions/open';
import { FORMATS, type PredictionsFile } from '@/lib/predictions/predictions-file';
import { scoreRows } from '@/lib/predictions/score-rows';
import type { Scorer } from '@/lib/scoring/scorer';
import { INTERVAL_METHODS, type Interval, judgeWords } from '@/lib/stats/score';
import { summarise } from '@/lib/stats/summarise';
import { type Command, count, OCEAN, print, table, UsageError } from './command';
import { compareScorers, comparisonAsJson, comparisonAsText, nameOf, verdictLine } from './compare-scorers';
import { fileSource } from './file-source';
import { findTarget } from './find-target';
import type { Target } from './read-samples';
import { scoredWithin } from './scored-within';

const help = `Scores a predictions file here: no server, no database.

Usage: ${OCEAN} score FILE [--benchmark ID] [--split S] [--scorer ID [--scorer ID]] [--data PATH] [--json]
                        [--verdicts PATH]

  FILE          our JSON lines {"sample_id", "output"}, or the files of the seed's and R1-V's evaluation, VLMEvalKit,
                lmms-eval, MATH-V, MathVista; plain, gzip or zip
  --benchmark   left out, the file's content says it
  --split       left out, the file's rows say it
  --scorer      another than the one of the published table: ${OCEAN} benchmarks --json lists them; given twice, both
                score the file, and what differs is printed
  --data        the benchmark's annotation file as published; left out, the installed one (${OCEAN} benchmarks install)
  --json        one JSON object {benchmark, split, scorer, total, matched, missing, correct, needs_judge, headline, ci,
                breakdown, claimed, …}; headline, ci and claimed in percent
  --verdicts    write a JSON line {sample_id, correct, answer, reason} a sample, in the file's order; correct
                is null where only a judge model could say; {sample_id, a, b} for two scorers

Samples without a prediction count as wrong.

Example:
  ${OCEAN} score predictions.jsonl --benchmark superclevr --data super_clevr_test_5k.jsonl --verdicts verdicts.jsonl
  ${OCEAN} score geoqa.json --scorer seed@3 --scorer strict@3
`;

const options = {
  benchmark: { type: 'string' },
  split: { type: 'string' },
  scorer: { type: 'string', multiple: true },
  data: { type: 'string' },
  json: { type: 'boolean' },
  verdicts: { type: 'string' },
} as const;

export const score: Command = {
  help,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError(`name one predictions file: ${OCEAN} score FILE`);
    const file = await openPredictions(fileSource(path));
    const target = await findTarget(file, {
      benchmark: values.benchmark,
      split: values.split,
      data: values.data,
    });
    const [name, other, ...others] = values.scorer ?? [];
    if (others.length > 0) throw new UsageError('two scorers at most are compared: give --scorer twice');
    const scorer = scorerNamed(target.benchmark, name);
    const wantsLines = values.verdicts !== undefined;
    if (other !== undefined) {
      const pair = [scorer, scorerNamed(target.benchmark, other)] as const;
      const compared = compareScorers(file, target, pair, wantsLines);
      if (values.verdicts !== undefined) writeVerdicts(values.verdicts, compared.lines);
      print(
        values.json
          ? JSON.stringify(comparisonAsJson(compared, target, pair))
          : comparisonAsText(compared, target, pair),
      );
      return;
    }
    const scored = scoreFile(file, target, scorer, wantsLines);
    if (values.verdicts !== undefined) writeVerdicts(values.verdicts, scored.lines);
    print(
      values.json
        ? JSON.stringify(asJson(scored, target, scorer))
        : asText(scored, target, scorer, FORMATS[file.format]),
    );
  },
};

/** By its id, with or without the benchmark and the version; the benchmark's first where none is named, or several fit. */
function scorerNamed(benchmark: Benchmark, name: string | undefined): Scorer {
  const scorer = benchmark.scorers.find(
    ({ id }) =>
      name === undefined || [id, id.replace(/@.*/, '')].some((each) => `/${each}`.endsWith(`/${name}`)),
  );
  if (scorer === undefined)
    throw new UsageError(
      `${benchmark.id} has no scorer "${name}"; it has ${benchmark.scorers.map(({ id }) => id).join(', ')}`,
    );
  return scorer;
}

function scoreFile(file: PredictionsFile, target: Target, scorer: Scorer, wantsLines: boolean) {
  const lines: string[] = [];
  const agreement = { agreed: 0, of: 0 };
  const scoring = scoreRows(file.rows(), target.samples, nameOf(target), scoredWithin(scorer));
  for (const { sample, row, verdict } of scoring) {
    if (row === null) continue;
    const line = verdictLine(verdict);
    if (row.claimedCorrect !== null && line.correct !== null) {
      agreement.agreed += Number(row.claimedCorrect === line.correct);
      agreement.of += 1;
    }
    if (wantsLines) lines.push(JSON.stringify({ sample_id: sample.sampleId, ...line }));
  }
  const { outcomes, report } = scoring.scored();
  return {
    report,
    figures: summarise(target.benchmark, target.samples, outcomes),
    lines,
    claimed: claimedAccuracy(file, report),
    /** Of the rows with a verdict of their own that have one by the rule too, how many have the same. */
    agreement: agreement.of === 0 ? null : agreement,
  };
}
type Scored = ReturnType<typeof scoreFile>;

function writeVerdicts(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    throw new UsageError(
      `cannot write the verdicts to ${path}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

const ci = ({ low, high }: Interval) => [low, high];

function asJson(
  { report, figures, claimed, agreement }: Scored,
  { benchmark, split }: Target,
  scorer: Scorer,
) {
  return {
    benchmark: benchmark.id,
    split: split.id,
    scorer: scorer.id,
    total: figures.total,
    matched: report.matched,
    missing: report.missing.length,
    correct: figures.correct,
    needs_judge: figures.needsJudge,
    headline: figures.headline,
    ci: ci(figures.interval),
    breakdown: figures.breakdown.map(({ tag, value, correct, total, accuracy, interval }) => ({
      tag,
      value,
      correct,
      total,
      accuracy,
      ci: ci(interval),
    })),
    claimed,
    agreement,
    secondary: figures.secondary,
    rows: report.rows,
    unknown: report.unknown.count,
    duplicates: report.duplicates.count,
    ci_method: figures.interval.method,
  };
}

const percent = (value: number) => `${value.toFixed(2)} %`;
const range = ({ low, high }: Interval) => `${low.toFixed(2)} to ${high.toFixed(2)}`;

function asText(
  { report, figures, claimed, agreement }: Scored,
  { benchmark, split }: Target,
  scorer: Scorer,
  format: string,
): string {
  const { interval } = figures;
  const lines = [
    `${benchmark.name}, ${split.label} (${benchmark.id} ${split.id}), by ${scorer.id}`,
    '',
    `  ${percent(figures.headline)}   ${100 * interval.level} % interval ${range(interval)}`,
    `  ${count(figures.correct)} of ${count(figures.total)} samples are right (${INTERVAL_METHODS[interval.method]})`,
  ];
  const judge = judgeWords(figures);
  if (judge !== null) lines.push(`  ${judge}`);
  for (const { id, label } of benchmark.secondary) {
    const value = figures.secondary[id];
    if (value !== undefined) lines.push(`  ${percent(value)}   ${label}`);
  }
  lines.push('', `  ${count(report.rows)} rows, ${format}: ${count(report.matched)} name a sample`);
  if (report.missing.length > 0)
    lines.push(`  ${count(report.missing.length)} samples have no prediction and count as wrong`);
  for (const [kind, words] of [
    ['unknown', 'name no sample of this split and are left out'],
    ['duplicates', 'name a sample that an earlier row has taken and are left out'],
  ] as const) {
    const [first] = report[kind].examples;
    if (first !== undefined)
      lines.push(
        `  ${count(report[kind].count)} rows ${words}, the first is row ${first.row} (${first.reference})`,
      );
  }
  if (claimed !== null)
    lines.push(
      `  the file claims ${percent(claimed)}${agreement === null ? '' : `; its verdicts agree with these on ${count(agreement.agreed)} of ${count(agreement.of)} samples`}`,
    );
  if (figures.breakdown.length > 0)
    lines.push(
      '',
      table([
        ['', 'ACCURACY', 'INTERVAL', 'RIGHT'],
        ...figures.breakdown.map((group) => [
          `  ${benchmark.breakdowns.find(({ tag }) => tag === group.tag)?.label ?? group.tag}: ${group.value}`,
          percent(group.accuracy).padStart(8),
          range(group.interval),
          `${count(group.correct)} of ${count(group.total)}`,
        ]),
      ]),
    );
  return lines.join('\n');
}
