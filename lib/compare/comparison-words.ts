import type { PairedComparison } from '@/lib/stats/paired-comparison';
import type { Interval } from '@/lib/stats/score';
import type { UnpairedComparison } from '@/lib/stats/unpaired';

/** Comparisons in words that can be quoted. Names are those of the runs. */

/** Below it a difference is called one: 1 - the level of the intervals. */
export const SIGNIFICANT = 0.05;

/**
 * "Stage 2 answers 27.8 points more than Base (25.4 to 30.1; p < 0.001); 640 fixed, 85 broken." A difference that may be
 * chance is never called one.
 */
export function pairedSentence(name: string, baseline: string, comparison: PairedComparison): string {
  const { difference, interval, pValue, total, clusters, bothRight, fixed, broken } = comparison;
  const changed = `${count(fixed)} fixed, ${count(broken)} broken`;
  if (total === 1) {
    const answers = (right: number) => (right === 1 ? 'answers it' : 'does not');
    return `One sample says nothing of others: ${name} ${answers(bothRight + fixed)}, ${baseline} ${answers(bothRight + broken)}.`;
  }
  if (clusters === 1)
    return `${count(total)} samples on one picture say nothing of others: ${changed} by ${name} against ${baseline}.`;
  if (fixed + broken === 0)
    return `${name} answers the same ${count(bothRight)} of ${count(total)} samples as ${baseline}: none fixed, none broken (${range(interval)}).`;
  if (pValue < SIGNIFICANT)
    return `${name} answers ${moreOrFewer(difference)} than ${baseline} (${size(difference, interval)}; ${pWords(pValue)}); ${changed}.`;
  if (fixed === broken)
    return `${name} answers as many samples as ${baseline} (${range(interval)}; ${pWords(pValue)}); ${changed}.`;
  return `${name} cannot be told from ${baseline}: ${moreOrFewer(difference)} (${range(interval)}; ${pWords(pValue)}); ${changed}.`;
}

/** The same of two figures of which one is only reported. */
export function unpairedSentence(
  name: string,
  baseline: string,
  { difference, interval, pValue, detectable }: UnpairedComparison,
): string {
  const basis = 'not sample by sample, as a figure is only reported';
  if (pValue < SIGNIFICANT)
    return `${name} has ${moreOrFewer(difference)} than ${baseline} (${size(difference, interval)}; ${pWords(pValue)}; ${basis}).`;
  const between = difference === 0 ? 'the same figure' : moreOrFewer(difference);
  return `${name} cannot be told from ${baseline}: ${between} (${range(interval)}; ${pWords(pValue)}; ${basis}); a difference of ${points(detectable)} points could be seen.`;
}

/** What so many samples could show, for below a comparison; a half sentence. */
export const detectableWords = ({ total, clusters, detectable }: PairedComparison): string => {
  const of = `${count(total)} ${total === 1 ? 'sample' : 'samples'}${clusters === total ? '' : ` on ${count(clusters)} ${clusters === 1 ? 'picture' : 'pictures'}`}`;
  return detectable === null
    ? `${of} can show no difference`
    : `${of} show a difference of ${points(detectable)} points 4 times in 5`;
};

/**
 * Where the exact test and the interval fall on different sides of chance; null else. Few samples differ then, and
 * neither is to be leaned on.
 */
export function exactWords({ pValue, exactP, fixed, broken }: PairedComparison): string | null {
  if (exactP === null || pValue < SIGNIFICANT === exactP < SIGNIFICANT) return null;
  return `The exact McNemar test, which is the more cautious, gives ${pWords(exactP)}: of ${count(fixed + broken)} samples that differ a few decide.`;
}

/** "p < 0.001", "p = 0.024"; as many digits as show on which side of 0.05 it lies. */
export function pWords(p: number): string {
  if (p < 0.001) return 'p < 0.001';
  for (let digits = 2; digits < 17; digits += 1) {
    const text = Number(p.toPrecision(digits));
    if (text < SIGNIFICANT === p < SIGNIFICANT && text !== SIGNIFICANT) return `p = ${text}`;
  }
  return `p = ${p}`;
}

/** One decimal, more where it would be 0.0 and is not. */
export function points(value: number): string {
  if (value === 0) return '0.0';
  const text = value.toFixed(1);
  return Number(text) === 0 ? String(Number(value.toPrecision(1))) : text;
}

/** "+1.2", "-0.4", "0.0" */
export const signedPoints = (value: number): string => `${value > 0 ? '+' : ''}${points(value)}`;

const range = ({ low, high }: Interval): string => `${signedPoints(low)} to ${signedPoints(high)}`;

/** Of a difference that is beyond chance, both bounds on its side: without signs, the smaller first. */
const size = (difference: number, { low, high }: Interval): string =>
  difference > 0 ? `${points(low)} to ${points(high)}` : `${points(-high)} to ${points(-low)}`;

const moreOrFewer = (difference: number): string =>
  `${points(Math.abs(difference))} points ${difference > 0 ? 'more' : 'fewer'}`;

/** 5,000; without Intl, whose first number takes a tenth of a second. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
