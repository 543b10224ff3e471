import type { LogEntry } from './types';

/** A log as lines: what a page shows of entries, older ones before and newer ones behind. */
export interface Line {
  key: string;
  at: Date;
  kind: 'log' | 'info' | 'warning' | 'error';
  text: string;
}

export const linesOf = (entries: readonly LogEntry[]): Line[] =>
  entries.flatMap(({ attempt, seq, at, data }): Line[] => {
    const key = `${attempt}-${seq}`;
    if (data.type === 'notice') return [{ key, at, kind: data.level, text: data.text }];
    if (data.type !== 'log') return [];
    return data.lines.map((text, line) => ({ key: `${key}-${line}`, at, kind: 'log', text }));
  });

const placeOf = ({ attempt, seq }: LogEntry): number => attempt * 1e9 + seq;

/** Two parts of a log as one, in its order, each entry once. */
export function mergedLog(one: readonly LogEntry[], other: readonly LogEntry[]): LogEntry[] {
  const all = new Map([...one, ...other].map((entry) => [placeOf(entry), entry]));
  return [...all.values()].sort((a, b) => placeOf(a) - placeOf(b));
}
