import type { ParseArgsConfig } from 'node:util';
import { visible } from './visible';

/** What every command of `ocean` is made of. */

/** The command as it was called, for the commands that it prints: `./ocean`, `ocean`, `node cli/bin.mjs`. */
export const OCEAN = process.env.OCEAN_NAME || 'ocean';

export interface Command {
  /** Shown by `--help`: usage, options, exit codes where they need words, an example. */
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  run(args: readonly string[]): Promise<void>;
}

/** 0: done; 1: something failed that neither the arguments nor the file are to blame for. */
export const EXIT = { failed: 1, badUse: 2, badFile: 3, notEqual: 4, worse: 5 } as const;

/** The arguments are wrong, or what they ask for cannot be done. Says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Neither the arguments nor the file: the server refused, or cannot be reached. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}

/** What was asked for cannot be written: no room, or no leave. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
}

/** Errors that a file is to blame for, by name: their classes are loaded only by the commands that need them. */
const BAD_FILE = new Set(['PredictionsError', 'AnnotationError', 'BenchmarkDataError']);

/** The exit code and one line for people; rethrown where it is a defect of ours, whose stack is wanted. */
export function explain(error: unknown): { code: number; line: string } {
  if (!(error instanceof Error)) throw error;
  const line = error.message.replaceAll(/\s*\n\s*/g, ' ');
  if (error instanceof UsageError) return { code: EXIT.badUse, line };
  if (error instanceof ServerError || error instanceof DiskError) return { code: EXIT.failed, line };
  if (BAD_FILE.has(error.name)) return { code: EXIT.badFile, line };
  // What node:util's parseArgs finds wrong.
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return { code: EXIT.badUse, line: line.replace(/\. To specify a positional argument.*$/, '') };
  // What the system refuses: a full disk, a folder that may only be read.
  if ('syscall' in error) return { code: EXIT.failed, line: `the system refuses: ${line}` };
  throw error;
}

/** All that is printed goes through here, or is said: it may hold text of a file, and that is hostile. */
export const write = (text: string): void => {
  process.stdout.write(visible(text));
};

export const print = (line: string): void => write(`${line}\n`);

/** A line for people beside what is printed. */
export const say = (line: string): void => {
  process.stderr.write(`${visible(line)}\n`);
};

/** 5,000. (The first number that Intl writes costs a tenth of the time in which a file is scored.) */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** Lines by the thousand, in few writes. */
export function printLines(lines: Iterable<string>): void {
  let batch = '';
  for (const line of lines) {
    batch += `${line}\n`;
    if (batch.length > 65_536) {
      write(batch);
      batch = '';
    }
  }
  if (batch !== '') write(batch);
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
