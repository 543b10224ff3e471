import { parse, TomlDate, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import type { PythonValue } from '@/lib/python/repr';
import { isTable, type Table } from './recipe-problems';

/** A recipe's text: read with whole numbers told from others, and changed key by key with its comments kept. */

/** A recipe that is no TOML, with the place. */
export class NotTomlError extends Error {}

/** Whole numbers come as `bigint`. @throws NotTomlError */
export function readToml(toml: string): Table {
  return asTable(parsed(toml));
}

function parsed(toml: string): TomlTable {
  try {
    return parse(toml, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.split('\n');
    throw new NotTomlError(
      `The recipe cannot be read at line ${error.line}: ${first.replace(/^Invalid TOML document: /, '')}.`,
    );
  }
}

const asTable = (table: TomlTable): Table =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key, asValue(value)]));

function asValue(value: TomlValue): PythonValue {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(asValue);
  return typeof value === 'object' ? asTable(value) : value;
}

export type Overrides = Readonly<Record<string, string | number | boolean | null>>;

/** The recipe with keys replaced by their dotted names; a sentence where a name leads into what is no section. */
export function withOverrides(recipe: Table, overrides: Overrides): Table | string {
  let replaced: Table = recipe;
  for (const [dotted, value] of Object.entries(overrides)) {
    const next = put(replaced, dotted.split('.'), ofJson(value));
    if (typeof next === 'string') return `--set ${dotted}: ${next} is no section of a recipe`;
    replaced = next;
  }
  return replaced;
}

/** A recipe as the trainer gets it: where a run begins and where it writes are the agent's to say. @throws NotTomlError */
export const agentsRecipe = ({ toml, overrides }: { toml: string; overrides: Overrides }): Table | string =>
  withOverrides(readToml(toml), { ...overrides, 'model.path': 'start', output: 'run' });

/** A number of JSON is whole where Python would read it as such. */
export const ofJson = (value: Overrides[string]): PythonValue =>
  typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;

/** @returns the name of what is no table on the way. */
function put(table: Table, [name = '', ...rest]: readonly string[], value: PythonValue): Table | string {
  if (rest.length === 0) return { ...table, [name]: value };
  const inner = table[name] ?? {};
  if (!isTable(inner)) return name;
  const replaced = put(inner, rest, value);
  return typeof replaced === 'string' ? replaced : { ...table, [name]: replaced };
}

/* ---------------------------------------------------------------- a key of the text */

/** What stands at a dotted key; undefined where nothing does. */
export function valueOfKey(recipe: Table, key: string): PythonValue | undefined {
  let value: PythonValue | undefined = recipe;
  for (const name of key.split('.')) value = isTable(value) ? value[name] : undefined;
  return value;
}

/** A value as TOML writes it, on one line. */
export function writtenToml(value: PythonValue): string {
  if (value === null) return '';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
    case 'number':
      if (Number.isNaN(value)) return 'nan';
      if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
      // With a point or an exponent it is no whole number in TOML.
      return /[.e]/.test(String(value)) ? String(value).replace('e+', 'e') : `${value}.0`;
    case 'bigint':
    case 'boolean':
      return String(value);
  }
  if (isTable(value)) {
    const entries = Object.entries(value).map(([key, each]) => `${keyWritten(key)} = ${writtenToml(each)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return `[${value.map(writtenToml).join(', ')}]`;
}

/** A whole recipe that has lost its text, from JSON: what is null is left out. */
export function writtenRecipe(json: Readonly<Record<string, unknown>>): string {
  const recipe = ofJsonTable(json);
  const entries = Object.entries(recipe);
  const line = ([key, value]: [string, PythonValue]) => `${keyWritten(key)} = ${writtenToml(value)}`;
  const own = entries.filter(([, value]) => !isTable(value)).map(line);
  const sections = entries.flatMap(([name, value]) =>
    isTable(value) ? [`\n[${keyWritten(name)}]`, ...Object.entries(value).map(line)] : [],
  );
  return `${[...own, ...sections].join('\n')}\n`;
}

function ofJsonTable(json: Readonly<Record<string, unknown>>): Table {
  const entries = Object.entries(json).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, ofJsonValue(value)]));
}

function ofJsonValue(value: unknown): PythonValue {
  if (Array.isArray(value)) return value.map(ofJsonValue);
  if (typeof value === 'object' && value !== null) return ofJsonTable({ ...value });
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? ofJson(value)
    : null;
}

const keyWritten = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/**
 * The text with another value at a key, all else and its comments as they are.
 * @param key of the recipe itself or of one of its sections: `steps`, `optimizer.lr`.
 * @param written as TOML; null takes the key out, so that its default holds.
 */
export function withKey(toml: string, key: string, written: string | null): string {
  const [section, name] = key.includes('.') ? [before(key), behind(key)] : ['', key];
  const lines = toml.split('\n');
  const found = statementOf(lines, section, name);
  const line = written === null ? [] : [`${name} = ${written}`];
  if (found !== null) return [...lines.slice(0, found.from), ...line, ...lines.slice(found.to)].join('\n');
  if (written === null) return toml;
  const place = endOfSection(lines, section);
  if (place !== null) return [...lines.slice(0, place), ...line, ...lines.slice(place)].join('\n');
  return `${toml.trimEnd()}\n\n[${section}]\n${line.join('')}\n`;
}

const before = (key: string): string => key.slice(0, key.lastIndexOf('.'));
const behind = (key: string): string => key.slice(key.lastIndexOf('.') + 1);

const HEADER = /^\s*\[\s*([\w-]+)\s*\]\s*(#.*)?$/;
const ANY_HEADER = /^\s*\[/;
const STATEMENT = /^\s*([\w-]+)\s*=/;

/** The lines of a key's statement. */
function statementOf(lines: readonly string[], section: string, name: string): Span | null {
  for (const { at, here } of statements(lines, section))
    if (STATEMENT.exec(lines[at] ?? '')?.[1] === name) return { from: at, to: here };
  return null;
}

interface Span {
  from: number;
  /** Behind its last line. */
  to: number;
}

/** Where each statement of a section begins, and where the next line after it is. */
function* statements(lines: readonly string[], section: string): Generator<{ at: number; here: number }> {
  let current = '';
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const here = STATEMENT.test(line) ? endOfStatement(lines, at) : at + 1;
    if (here === at + 1 && ANY_HEADER.test(line)) current = HEADER.exec(line)?.[1] ?? '[';
    else if (current === section && STATEMENT.test(line)) yield { at, here };
    at = here;
  }
}

/** A value may go over several lines: it ends where it can be read. */
function endOfStatement(lines: readonly string[], from: number): number {
  for (let to = from + 1; to <= lines.length; to++) if (isToml(lines.slice(from, to).join('\n'))) return to;
  return from + 1;
}

function isToml(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof TomlError) return false;
    throw error;
  }
}

/** Behind the last statement of a section, or its header; null where it has none. */
function endOfSection(lines: readonly string[], section: string): number | null {
  const last = [...statements(lines, section)].at(-1);
  if (last !== undefined) return last.here;
  const header = lines.findIndex((line) => HEADER.exec(line)?.[1] === section);
  if (header !== -1) return header + 1;
  if (section !== '') return null;
  const first = lines.findIndex((line) => ANY_HEADER.test(line));
  return first === -1 ? lines.length : first;
}
