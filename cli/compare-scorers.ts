import { pWords } from '@/lib/compare/comparison-words';
import type { PredictionsFile } from '@/lib/predictions/predictions-file';
import { scoreRows } from '@/lib/predictions/score-rows';
import type { Scorer, StoredVerdict } from '@/lib/scoring/scorer';
import { changedCount, compareOutcomes } from '@/lib/stats/compare-outcomes';
import type { RunScore } from '@/lib/stats/score';
import { summarise } from '@/lib/stats/summarise';
import { count, table } from './command';
import type { Target } from './read-samples';
import { scoredWithin } from './scored-within';

/** How many samples whose verdict changes are printed. */
const SHOWN = 20;

/** Two scorers on the rows of one file; the first is A, the second B. */
export function compareScorers(
  file: PredictionsFile,
  target: Target,
  scorers: readonly [Scorer, Scorer],
  wantsLines: boolean,
) {
  const lines: string[] = [];
  const shown: string[][] = [];
  let otherAnswers = 0;
  const scoringBy = (scorer: Scorer) =>
    scoreRows(file.rows(), target.samples, nameOf(target), scoredWithin(scorer));
  const [byA, byB] = [scoringBy(scorers[0]), scoringBy(scorers[1])];
  const verdictsByA = Array.from(byA, ({ verdict }) => verdict);
  for (const { sample, position, row, verdict: b } of byB) {
    const a = verdictsByA[position];
    if (row === null || a === undefined) continue;
    if (a.outcome === b.outcome) otherAnswers += Number(a.answer !== b.answer);
    else if (shown.length < SHOWN)
      shown.push([
        `  ${sample.sampleId}`,
        `${a.outcome} → ${b.outcome}`,
        quoted(String(sample.gold)),
        said(a),
        said(b),
      ]);
    if (wantsLines)
      lines.push(JSON.stringify({ sample_id: sample.sampleId, a: verdictLine(a), b: verdictLine(b) }));
  }
  const [from, to] = [byA.scored().outcomes, byB.scored().outcomes];
  return {
    figures: [
      summarise(target.benchmark, target.samples, from),
      summarise(target.benchmark, target.samples, to),
    ] as const,
    comparison: compareOutcomes(target.samples, from, to),
    otherAnswers,
    shown,
    lines,
  };
}
type Compared = ReturnType<typeof compareScorers>;

/** The split, as a command names it. */
export const nameOf = ({ benchmark, split }: Target): string => `${split.id} of ${benchmark.id}`;

/** A verdict as `--verdicts` writes it; `correct` is null where only a judge model could say. */
export const verdictLine = ({ outcome, answer, reason }: StoredVerdict) => ({
  correct: outcome === 'needs-judge' ? null : outcome === 'correct',
  answer,
  reason,
});
const said = ({ answer }: StoredVerdict) => (answer === null ? 'none' : quoted(answer));

/** A model's text as one short line. */
const quoted = (text: string): string => JSON.stringify(text.length > 30 ? `${text.slice(0, 29)}…` : text);

export function comparisonAsJson(
  { figures, comparison, otherAnswers }: Compared,
  { benchmark, split }: Target,
  scorers: readonly [Scorer, Scorer],
) {
  const figure = (scorer: Scorer, { correct, needsJudge, total, headline, interval }: RunScore) => ({
    scorer: scorer.id,
    correct,
    needs_judge: needsJudge,
    total,
    headline,
    ci: [interval.low, interval.high],
  });
  const { difference, interval, fixed, broken, pValue, exactP } = comparison.difference;
  return {
    benchmark: benchmark.id,
    split: split.id,
    a: figure(scorers[0], figures[0]),
    b: figure(scorers[1], figures[1]),
    difference,
    ci: [interval.low, interval.high],
    right_by_a_alone: broken,
    right_by_b_alone: fixed,
    p: pValue,
    p_exact: exactP,
    transitions: comparison.transitions,
    other_answers: otherAnswers,
  };
}

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;

export function comparisonAsText(
  { figures, comparison, otherAnswers, shown }: Compared,
  { benchmark, split }: Target,
  scorers: readonly [Scorer, Scorer],
): string {
  const figure = (
    letter: string,
    scorer: Scorer,
    { correct, needsJudge, total, headline, interval }: RunScore,
  ) => [
    `  ${letter}`,
    `${headline.toFixed(2)} %`.padStart(8),
    `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`,
    `${count(correct)} of ${count(total)}`,
    needsJudge === 0 ? '' : `${count(needsJudge)} need a judge`,
    scorer.id,
  ];
  const { difference, interval, fixed, broken, pValue } = comparison.difference;
  const changed = changedCount(comparison.transitions);
  const lines = [
    `${benchmark.name}, ${split.label} (${benchmark.id} ${split.id}), by two scorers`,
    '',
    table([figure('A', scorers[0], figures[0]), figure('B', scorers[1], figures[1])]),
    '',
    `  B against A: ${signed(difference)} points, ${100 * interval.level} % interval ${signed(interval.low)} to ${signed(interval.high)}`,
    `  ${count(fixed)} right by B alone, ${count(broken)} right by A alone: McNemar's test, ${pWords(pValue)}`,
    `  ${count(changed)} of ${count(figures[0].total)} verdicts differ`,
    ...comparison.transitions
      .filter(({ from, to }) => from !== to)
      .map(({ from, to, count: samples }) => `  ${count(samples).padStart(7)}  ${from} → ${to}`),
  ];
  if (otherAnswers > 0)
    lines.push(`  ${count(otherAnswers)} more have the same verdict on another extracted answer`);
  if (shown.length > 0)
    lines.push(
      '',
      table([['  SAMPLE', 'FROM A TO B', 'GOLD', 'ANSWER BY A', 'ANSWER BY B'], ...shown]),
      ...(changed > shown.length
        ? [`  … ${count(changed - shown.length)} more: --verdicts writes all of them`]
        : []),
    );
  return lines.join('\n');
}
