import { readList } from '@/lib/python/list-literal';
import type { Sample } from '@/lib/samples/sample';
import {
  type PredictionRow,
  PredictionsError,
  type PredictionsFile,
  type SampleReference,
} from './predictions-file';

export interface MatchedRow {
  sample: Sample;
  /** Place of the sample in the samples given. */
  ordinal: number;
  row: PredictionRow;
}

/** Rows of one kind: how many, and the first few as `{row, reference in words}`. */
export interface RowsOfKind {
  count: number;
  examples: readonly { row: number; reference: string }[];
}

export interface MatchReport {
  /** Rows in the file. */
  rows: number;
  matched: number;
  /** Samples without a row, in their order. */
  missing: readonly Sample[];
  /** Rows that name no sample. */
  unknown: RowsOfKind;
  /** How many of them name a sample whose right answer is another than theirs. */
  contradicted: number;
  /** Rows that name a sample which an earlier row has taken; the first one counts. */
  duplicates: RowsOfKind;
  /** Of the matched rows that carry a verdict of their own. */
  claimed: { correct: number; total: number };
}

export interface Matching extends Iterable<MatchedRow> {
  /** Complete once the rows have been walked to their end. */
  report(): MatchReport;
}

const MAX_EXAMPLES = 5;

/**
 * Finds the sample of each row, in the file's order, in time linear in both. It can be walked once; nothing of the rows
 * is kept.
 */
export function matchRows(rows: Iterable<PredictionRow>, samples: readonly Sample[]): Matching {
  const { match, report } = matcher(samples);
  return {
    *[Symbol.iterator]() {
      for (const row of rows) {
        const matched = match(row);
        if (matched !== null) yield matched;
      }
    },
    report,
  };
}

/** Of the same rows against each of several lists of samples, in one walk. */
export function matchReports(
  rows: Iterable<PredictionRow>,
  lists: readonly (readonly Sample[])[],
): readonly MatchReport[] {
  const matchers = lists.map(matcher);
  for (const row of rows) for (const { match } of matchers) match(row);
  return matchers.map(({ report }) => report());
}

/** `match` gives the sample of a row that is the first to name it, and null for all others. */
function matcher(samples: readonly Sample[]) {
  const find = finder(samples);
  const taken = new Uint8Array(samples.length);
  const unknown = { count: 0, examples: [] as { row: number; reference: string }[] };
  const duplicates = { count: 0, examples: [] as { row: number; reference: string }[] };
  const claimed = { correct: 0, total: 0 };
  let contradicted = 0;
  let count = 0;
  let matched = 0;

  const note = (kind: typeof unknown, { row, reference }: PredictionRow): void => {
    kind.count++;
    if (kind.examples.length < MAX_EXAMPLES) kind.examples.push({ row, reference: inWords(reference) });
  };

  return {
    match(row: PredictionRow): MatchedRow | null {
      count++;
      const ordinal = find(row.reference, taken);
      const sample = ordinal === null ? undefined : samples[ordinal];
      if (ordinal === null || sample === undefined) {
        note(unknown, row);
        return null;
      }
      const { gold } = row.reference;
      if (gold !== null && goldKey(gold) !== goldKey(sample.gold)) {
        note(unknown, row);
        contradicted++;
        return null;
      }
      if (taken[ordinal] === 1) {
        note(duplicates, row);
        return null;
      }
      taken[ordinal] = 1;
      matched++;
      if (row.claimedCorrect !== null) {
        claimed.total++;
        if (row.claimedCorrect) claimed.correct++;
      }
      return { sample, ordinal, row };
    },
    report: (): MatchReport => ({
      rows: count,
      matched,
      missing: samples.filter((_, ordinal) => taken[ordinal] === 0),
      unknown,
      contradicted,
      duplicates,
      claimed,
    }),
  };
}

/**
 * Of the rows that name a sample by id or place, the share that must have its right answer too. Among the choices A to D,
 * or the whole numbers, many rows of another benchmark do by accident.
 */
const MIN_AGREEMENT = 0.9;

/** Whether rows name samples of the split, and these with their right answers. */
export const isOfSplit = ({ rows, matched, unknown, contradicted }: MatchReport): boolean =>
  matched > 0 && rows - unknown.count >= MIN_AGREEMENT * (rows - unknown.count + contradicted);

/** @throws PredictionsError where the file is of another split or benchmark */
export function requireMatches(report: MatchReport, splitLabel: string): void {
  if (isOfSplit(report)) return;
  const { rows, matched, contradicted, unknown } = report;
  const [example] = unknown.examples;
  const where = example === undefined ? '' : ` (row ${example.row}: ${example.reference})`;
  throw new PredictionsError(
    matched === 0
      ? `none of the ${rows} rows names a sample of ${splitLabel}${where}; is it of another split or benchmark?`
      : `${contradicted} of the ${rows} rows have another right answer than the sample of ${splitLabel} at their place${where}; is the file of another split or benchmark, or in another order?`,
  );
}

/** What the file says of itself, in percent: as a whole, else by the verdicts of its rows; null where it says nothing. */
export const claimedAccuracy = (file: PredictionsFile, { claimed }: MatchReport): number | null =>
  file.claimedAccuracy ?? (claimed.total === 0 ? null : (100 * claimed.correct) / claimed.total);

/**
 * By what the reference says; the right answers are compared where content is all that it says. Returns a taken sample
 * only where every sample that the reference allows is taken.
 */
type Find = (reference: SampleReference, taken: Uint8Array) => number | null;

function finder(samples: readonly Sample[]): Find {
  const byId = new Map(samples.map((sample, ordinal) => [sample.sampleId, ordinal]));

  // One index for each set of fields that rows repeat; a file has one such set, rarely two.
  type Content = Extract<SampleReference, { by: 'content' }>;
  const indexes = new Map<string, Map<string, number[]>>();
  const indexFor = (reference: Content): Map<string, number[]> => {
    const fields = `${reference.image !== null}${reference.options !== null}${reference.gold !== null}`;
    const known = indexes.get(fields);
    if (known !== undefined) return known;
    const index = new Map<string, number[]>();
    samples.forEach((sample, ordinal) => {
      const key = contentKey({
        by: 'content',
        image: reference.image === null ? null : (sample.image ?? ''),
        question: sample.question,
        options: reference.options === null ? null : (sample.options ?? []),
        gold: reference.gold === null ? null : sample.gold,
      });
      const equals = index.get(key);
      if (equals === undefined) index.set(key, [ordinal]);
      else equals.push(ordinal);
    });
    // Last first, so that the next one is taken off the end.
    for (const equals of index.values()) equals.reverse();
    indexes.set(fields, index);
    return index;
  };

  return (reference, taken) => {
    if (reference.by === 'content') {
      const equals = indexFor(reference).get(contentKey(reference));
      if (equals === undefined) return null;
      while (equals.length > 1 && taken[equals.at(-1) ?? 0] === 1) equals.pop();
      return equals.at(-1) ?? null;
    }
    return reference.by === 'id' ? (byId.get(reference.sampleId) ?? null) : reference.ordinal;
  };
}

function contentKey(content: Extract<SampleReference, { by: 'content' }>): string {
  return [
    content.image === null ? '' : baseName(content.image),
    content.question.replace(/\s+/g, ' ').trim(),
    content.options === null ? '' : content.options.map((option) => option.trim()).join('\u0001'),
    content.gold === null ? '' : goldKey(content.gold),
  ].join('\0');
}

/** The seed's files name an image by its place on the machine that ran them. */
const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/**
 * Equal for what different writers make of one right answer: 4, "4" and 4.0; [1, 2, 3, 4] and "[1, 2, 3, 4]"; ["x"],
 * "['x']" and "x"; "(A)" and "A".
 */
export function goldKey(gold: unknown): string {
  if (Array.isArray(gold)) return gold.map(goldKey).join('\u0001');
  const text = String(gold).trim();
  if (NUMBER.test(text)) return String(Number(text));
  const letter = OPTION.exec(text)?.[1];
  if (letter !== undefined) return letter;
  return /^[[(]/.test(text) ? (readList(text)?.map(goldKey).join('\u0001') ?? text) : text;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const OPTION = /^\(([A-Za-z])\)$/;

function inWords(reference: SampleReference): string {
  const gold = reference.gold === null ? '' : `, right answer ${short(reference.gold)}`;
  if (reference.by === 'id') return `id ${short(reference.sampleId)}${gold}`;
  if (reference.by === 'ordinal') return `sample ${reference.ordinal} from 0${gold}`;
  const image = reference.image === null ? '' : `image ${short(baseName(reference.image))}, `;
  return `${image}question ${short(reference.question)}${gold}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
