import type { Breakdown } from '@/lib/benchmarks/benchmark';
import { type CsvValue, toCsv } from '@/lib/csv';
import { INTERVAL_METHODS, type Interval } from '@/lib/stats/score';
import type { UnpairedComparison } from '@/lib/stats/unpaired';
import type { Change, GroupComparison, RunsComparison } from './compare-runs';
import {
  count,
  detectableWords,
  exactWords,
  pairedSentence,
  points,
  pWords,
  SIGNIFICANT,
  signedPoints,
  unpairedSentence,
} from './comparison-words';

/** Comparisons as they are printed and exported. */

export interface ComparedSet {
  benchmark: { id: string; name: string };
  split: { id: string; label: string };
  /** Null where no run has samples. */
  scorer: string | null;
  breakdowns: readonly Breakdown[];
  /** Null where fewer than two runs have samples. */
  comparison: RunsComparison | null;
  /** Where one side is only reported. */
  unpaired: readonly { baseline: string; name: string; comparison: UnpairedComparison }[];
  /** What is to be known of a run, in sentences. */
  notes: readonly string[];
}

export interface ReportTable {
  title: string;
  header: readonly string[];
  rows: readonly (readonly string[])[];
}

/** "Ocean World, test (ocean-world test), by ocean-world/exact@1: 2,000 samples" */
export function headingOf({ benchmark, split, scorer, comparison }: ComparedSet): string {
  const samples = comparison === null ? '' : `: ${count(comparison.all.total)} samples`;
  const rule = scorer === null ? '' : `, by ${scorer}`;
  return `${benchmark.name}, ${split.label} (${benchmark.id} ${split.id})${rule}${samples}`;
}

/** A run's changes with its name; not the baseline's. */
export function changesOf(
  { names }: RunsComparison,
  { changes, figures }: GroupComparison,
): { name: string; run: number; change: Change; accuracy: number }[] {
  return changes.flatMap((change, run) => {
    const [name, figure] = [names[run], figures[run]];
    return change === null || name === undefined || figure === undefined
      ? []
      : [{ name, run, change, accuracy: figure.accuracy }];
  });
}

const baselineOf = ({ names, baseline }: RunsComparison): string => names[baseline] ?? '';

/** Where a run loses, of the benchmark's tags, beyond what many comparisons find by chance. */
function lossSentence(
  name: string,
  run: number,
  { groups }: RunsComparison,
  breakdowns: readonly Breakdown[],
): string {
  const labelOf = (tag: string) => breakdowns.find((each) => each.tag === tag)?.label ?? tag;
  const losses = groups.flatMap(({ group, changes }) => {
    const change = changes[run];
    return group !== null && change && change.difference < 0 && change.adjustedP < SIGNIFICANT
      ? [
          `${labelOf(group.tag)} ${group.value} (${signedPoints(change.difference)} points, corrected ${pWords(change.adjustedP)})`,
        ]
      : [];
  });
  return losses.length === 0
    ? `${name} loses nowhere beyond chance, by ${breakdowns
        .filter(({ tag }) => groups.some(({ group }) => group?.tag === tag))
        .map(({ label }) => label)
        .join(', ')}.`
    : `${name} loses in ${losses.join('; ')}.`;
}

/** The answer, a sentence for each run but the baseline, which can be quoted. */
export function answersOf({ comparison, unpaired }: ComparedSet): string[] {
  const apart = unpaired.map((each) => unpairedSentence(each.name, each.baseline, each.comparison));
  if (comparison === null) return apart;
  const baseline = baselineOf(comparison);
  return [
    ...changesOf(comparison, comparison.all).map(({ name, change }) =>
      pairedSentence(name, baseline, change),
    ),
    ...apart,
  ];
}

/** Where runs lose, and what limits the answer. */
export function limitsOf({ comparison, breakdowns, notes }: ComparedSet): string[] {
  if (comparison === null) return [...notes];
  const baseline = baselineOf(comparison);
  const { names, all, groups, answered, undecided } = comparison;
  const changes = changesOf(comparison, all);
  return [
    ...changes.flatMap(({ change }) => exactWords(change) ?? []),
    ...(groups.length === 0
      ? []
      : changes.map(({ name, run }) => lossSentence(name, run, comparison, breakdowns))),
    ...changes.map(({ name, change }) => `${name}: ${detectableWords(change)}.`),
    ...undecided.flatMap(({ missing, needsJudge, timedOut }, run) =>
      (
        [
          [missing, 'have no prediction'],
          [needsJudge, 'need a judge'],
          [timedOut, 'took the rule too long'],
        ] as const
      ).flatMap(([samples, words]) =>
        samples === 0
          ? []
          : [`${names[run]}: ${count(samples)} of ${count(all.total)} samples ${words} and count as wrong.`],
      ),
    ),
    ...(answered === null
      ? []
      : changesOf(comparison, answered).map(
          ({ name, change }) =>
            `Of the ${count(answered.total)} samples that all have a prediction for: ${pairedSentence(name, baseline, change)}`,
        )),
    ...notes,
  ];
}

export const sentencesOf = (set: ComparedSet): string[] => [...answersOf(set), ...limitsOf(set)];

const percent = (value: number) => value.toFixed(1);
export const rangeWords = ({ low, high }: Pick<Interval, 'low' | 'high'>) =>
  `${signedPoints(low)} to ${signedPoints(high)}`;
/** Without "p =". */
export const bareP = (p: number) => pWords(p).replace(/^p (= )?/, '');

/** The runs, then the transitions where there are three or more, then a table a tag. */
export function tablesOf({ breakdowns, comparison }: ComparedSet): ReportTable[] {
  if (comparison === null) return [];
  const { names, all, groups, baseline } = comparison;
  const base = baselineOf(comparison);
  const runs: ReportTable = {
    title: `Runs, against ${base}`,
    header: ['Run', '%', '95 %', 'Points', '95 %', 'p', 'Holm', 'Exact', 'Fixed', 'Broken', 'Visible'],
    rows: names.map((name, run) => {
      const [figure, change] = [all.figures[run], all.changes[run]];
      if (figure === undefined) return [name];
      const own = [
        name,
        percent(figure.accuracy),
        `${points(figure.interval.low)} to ${points(figure.interval.high)}`,
      ];
      if (change === null || change === undefined) return own;
      return [
        ...own,
        signedPoints(change.difference),
        rangeWords(change.interval),
        bareP(change.pValue),
        bareP(change.adjustedP),
        change.exactP === null ? '' : bareP(change.exactP),
        count(change.fixed),
        count(change.broken),
        change.detectable === null ? '' : points(change.detectable),
      ];
    }),
  };
  const flow: ReportTable = {
    title: 'From run to run, what was lost first',
    header: ['Samples', ...names],
    rows: all.transitions.map(({ right, count: samples }) => [
      count(samples),
      ...right.map((each) => (each ? 'right' : 'wrong')),
    ]),
  };
  const byTag = breakdowns.flatMap(({ tag, label }): ReportTable[] => {
    const own = groups.filter(({ group }) => group?.tag === tag);
    if (own.length === 0) return [];
    const family = own.length * (names.length - 1);
    return [
      {
        title: `${label}, the greatest loss first; Holm's correction over ${family} ${family === 1 ? 'comparison' : 'comparisons'}`,
        header: [
          label,
          'Run',
          'Samples',
          base,
          '%',
          'Points',
          '95 %',
          'p',
          'Holm',
          'Fixed',
          'Broken',
          'Visible',
        ],
        rows: own.flatMap((group) =>
          changesOf(comparison, group).map(({ name, change, accuracy }) => [
            group.group?.value ?? '',
            name,
            count(group.total),
            percent(group.figures[baseline]?.accuracy ?? 0),
            percent(accuracy),
            signedPoints(change.difference),
            rangeWords(change.interval),
            bareP(change.pValue),
            bareP(change.adjustedP),
            count(change.fixed),
            count(change.broken),
            change.detectable === null ? '' : points(change.detectable),
          ]),
        ),
      },
    ];
  });
  return [runs, ...(names.length > 2 ? [flow] : []), ...byTag];
}

/** What the columns are, for whoever quotes them. */
export function methodWords(sets: readonly ComparedSet[]): string {
  const methods = new Set(
    sets.flatMap(({ comparison, unpaired }) => [
      ...(comparison === null
        ? []
        : changesOf(comparison, comparison.all).map(({ change }) => change.interval.method)),
      ...unpaired.map((each) => each.comparison.interval.method),
    ]),
  );
  return `95 % intervals: ${[...methods].map((method) => INTERVAL_METHODS[method]).join('; ')}. p: of the test which the interval inverts, so that the two agree. Holm: p corrected over the family, all runs, or all runs and values of a tag. Exact: McNemar's exact test, more cautious. Visible: the smallest difference that so many samples show with 80 % power.`;
}

/** One flat record a comparison, the names as in the CSV's header. Figures have six decimals, p-values all of theirs. */
export function recordsOf(set: ComparedSet): Readonly<Record<string, CsvValue>>[] {
  const { benchmark, split, scorer, comparison, unpaired } = set;
  const where = { benchmark: benchmark.id, split: split.id, scorer };
  const of = (compared: RunsComparison, group: GroupComparison): Readonly<Record<string, CsvValue>>[] =>
    changesOf(compared, group).map(({ name, change, accuracy }) => ({
      ...where,
      tag: group.group?.tag ?? null,
      value: group.group?.value ?? null,
      baseline: baselineOf(compared),
      run: name,
      samples: change.total,
      images: change.clusters,
      baseline_percent: sixDecimals(group.figures[compared.baseline]?.accuracy ?? null),
      percent: sixDecimals(accuracy),
      difference: sixDecimals(change.difference),
      ci95_low: sixDecimals(change.interval.low),
      ci95_high: sixDecimals(change.interval.high),
      p: change.pValue,
      p_holm: change.adjustedP,
      p_exact: change.exactP,
      both_right: change.bothRight,
      fixed: change.fixed,
      broken: change.broken,
      both_wrong: change.bothWrong,
      detectable: sixDecimals(change.detectable),
      method: change.interval.method,
    }));
  return [
    ...(comparison === null
      ? []
      : [comparison.all, ...comparison.groups].flatMap((group) => of(comparison, group))),
    ...unpaired.map(({ baseline, name, comparison: { difference, interval, pValue, detectable } }) => ({
      ...where,
      tag: null,
      value: null,
      baseline,
      run: name,
      samples: null,
      images: null,
      baseline_percent: null,
      percent: null,
      difference: sixDecimals(difference),
      ci95_low: sixDecimals(interval.low),
      ci95_high: sixDecimals(interval.high),
      p: pValue,
      p_holm: null,
      p_exact: null,
      both_right: null,
      fixed: null,
      broken: null,
      both_wrong: null,
      detectable: sixDecimals(detectable),
      method: interval.method,
    })),
  ];
}

const sixDecimals = (value: number | null): number | null =>
  value === null ? null : Number(value.toFixed(6));

export const comparisonCsv = (sets: readonly ComparedSet[]): string => toCsv(sets.flatMap(recordsOf));

/** @param leftOut a sentence for each run that is not compared */
export function comparisonJson(sets: readonly ComparedSet[], leftOut: readonly string[]): object {
  return {
    sets: sets.map((set) => ({
      benchmark: set.benchmark.id,
      split: set.split.id,
      scorer: set.scorer,
      sentences: sentencesOf(set),
      baseline: set.comparison === null ? null : baselineOf(set.comparison),
      runs: (set.comparison?.names ?? []).map((name, run) => {
        const figure = set.comparison?.all.figures[run];
        return {
          name,
          correct: figure?.correct,
          percent: figure?.accuracy,
          ci: figure === undefined ? null : [figure.interval.low, figure.interval.high],
          missing: set.comparison?.undecided[run]?.missing,
          needs_judge: set.comparison?.undecided[run]?.needsJudge,
          timed_out: set.comparison?.undecided[run]?.timedOut,
        };
      }),
      comparisons: recordsOf(set),
      transitions: set.comparison?.all.transitions ?? [],
    })),
    left_out: leftOut,
    method: methodWords(sets),
  };
}

export function comparisonMarkdown(sets: readonly ComparedSet[], leftOut: readonly string[]): string {
  const lines = sets.flatMap((set) => [
    `## ${markdownText(headingOf(set))}`,
    '',
    ...sentencesOf(set).flatMap((sentence) => [markdownText(sentence), '']),
    ...tablesOf(set).flatMap(({ title, header, rows }) => [
      `**${markdownText(title)}**`,
      '',
      ...[header, header.map(() => '---'), ...rows].map(
        (row) => `| ${header.map((_, i) => markdownText(row[i] ?? '')).join(' | ')} |`,
      ),
      '',
    ]),
  ]);
  return [
    ...lines,
    ...leftOut.map(markdownText),
    ...(leftOut.length > 0 ? [''] : []),
    methodWords(sets),
    '',
  ].join('\n');
}

/** Names come from files and submitters: nothing of them is markup, or ends a table's row. */
const markdownText = (text: string): string =>
  text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\\`*_[\]|#~>]|<(?=[\w/!?])/g, '\\$&');
