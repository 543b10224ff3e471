import { scoreLines } from '@/lib/benchmarks/command-lines';
import type { RunChange, RunPage } from '@/server/evals/types';
import { formatCount, formatDate, formatPercent } from '../ui/format';

/** A run in words: what state it is in, where its figure comes from, how to make it again. */

export function stateWords(run: Pick<RunPage, 'state' | 'source' | 'publishedAt'>): string {
  switch (run.state) {
    case 'published':
      return run.source === 'reported'
        ? 'reported'
        : run.publishedAt === null
          ? 'published'
          : `published ${formatDate(run.publishedAt)}`;
    case 'scored':
      return 'draft, not published';
    case 'scoring':
      return 'being scored';
    case 'withdrawn':
      return 'withdrawn';
    case 'failed':
      return 'scoring failed';
    case 'cancelled':
      return 'scoring cancelled';
  }
}

/** "recomputed here from 5,000 samples", "reported in …" */
export function provenanceWords(run: Pick<RunPage, 'source' | 'citation' | 'score'>): string {
  if (run.source === 'reported')
    return run.citation === null ? 'reported by its authors' : `reported in ${citationOf(run.citation).text}`;
  const total = run.score?.total;
  return total === null || total === undefined
    ? 'recomputed here'
    : `recomputed here from ${formatCount(total)} samples`;
}

/** Whoever did something with a run. */
export function whoWords(by: string): string {
  return by === 'site' ? 'this site itself' : by === 'team' ? 'the team' : by;
}

const FACT_NAMES = { name: 'name', link: 'link', openWeights: 'weights' } as const;

/** What a correction changed: "name: Tide 2B, before Tyde 2B". */
export function changeWords(changes: NonNullable<RunChange['changes']>): readonly string[] {
  const words = (value: unknown) =>
    value === null ? 'none' : value === true ? 'open' : value === false ? 'closed' : String(value);
  return Object.entries(FACT_NAMES).flatMap(([fact, name]) => {
    const change = changes[fact];
    return change === undefined ? [] : [`${name}: ${words(change[1])}, before ${words(change[0])}`];
  });
}

/** A citation's words, and the address that it ends with in brackets, if it does. */
export function citationOf(citation: string): { text: string; url: string | null } {
  const match = /^(.+?)\s*\((https?:\/\/[^\s()]+)\)$/.exec(citation);
  return match === null
    ? { text: citation, url: null }
    : { text: match[1] ?? citation, url: match[2] ?? null };
}

/** What the file claims beside what was found: null where it claims nothing. */
export function claimWords(claimed: number | null, headline: number): string | null {
  if (claimed === null) return null;
  const difference = claimed - headline;
  const where =
    Math.abs(difference) < 0.05
      ? 'the same'
      : `${formatPercent(Math.abs(difference))} points ${difference > 0 ? 'above' : 'below'} this`;
  return `the file claims ${formatPercent(claimed)}, ${where}`;
}

/** The commands that make the figure again, as a shell takes them. */
export const scoreCommand = (
  OCEAN: string,
  run: Pick<RunPage, 'scorer' | 'split' | 'file'> & { benchmark: { id: string } },
): string =>
  scoreLines(OCEAN, {
    file: shellWord(run.file?.name ?? 'FILE'),
    benchmark: run.benchmark.id,
    split: run.split?.id ?? null,
    scorer: run.scorer?.id ?? null,
  });

/** A file's name is its submitter's: quoted, so that pasting it runs nothing. */
function shellWord(word: string): string {
  const named = word.startsWith('-') ? `./${word}` : word;
  return /^[\w.@%+:,/-]+$/.test(named) ? named : `'${named.replaceAll("'", `'\\''`)}'`;
}

/** A generation setting as text, whatever the submitter put there. */
export function settingText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
