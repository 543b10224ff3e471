import { AnnotationError, type AnnotationFile, type Split } from '@/lib/benchmarks/benchmark';
import { readList } from '@/lib/python/list-literal';
import type { Sample } from '@/lib/samples/sample';

/** How published annotation files are read: as text, JSON, JSON lines, tables, or from inside a zip. */

/** More than any annotation file here unpacks to; a zip member that declares more is refused. */
const MAX_UNZIPPED_BYTES = 512 * 1024 * 1024;

const fail = (file: AnnotationFile, message: string): never => {
  throw new AnnotationError(`${file.name}: ${message}`);
};

const startsWith = (bytes: Uint8Array, magic: string) =>
  magic.length <= bytes.length && [...magic].every((c, i) => bytes[i] === c.charCodeAt(0));

export const isParquet = (file: AnnotationFile): boolean => startsWith(file.bytes, 'PAR1');

/** The file itself, or where it is a zip, the member of that name in whatever folder it lies. */
export async function unzipped(file: AnnotationFile, member: string): Promise<AnnotationFile> {
  if (!startsWith(file.bytes, 'PK\u0003\u0004')) return file;
  const { unzipSync } = await import('fflate');
  const matches = (path: string) => path === member || path.endsWith(`/${member}`);
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(file.bytes, {
      filter: ({ name, originalSize }) => {
        if (matches(name) && originalSize > MAX_UNZIPPED_BYTES)
          throw new RangeError(`${name} unpacks to ${originalSize} bytes, more than any annotation file`);
        return matches(name);
      },
    });
  } catch (error) {
    return fail(file, `not a readable zip: ${error instanceof Error ? error.message : error}`);
  }
  const [entry] = Object.entries(members);
  if (!entry) return fail(file, `the zip holds no ${member}`);
  return { name: `${file.name}/${member}`, bytes: entry[1] };
}

/** UTF-8 without its byte order mark. */
export function textOf(file: AnnotationFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file.bytes);
  } catch {
    return fail(file, 'is not UTF-8 text');
  }
}

function parseJson(file: AnnotationFile, text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(file, `${where}not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** A JSON list of objects. */
export function jsonList(file: AnnotationFile): Row[] {
  const value = parseJson(file, textOf(file), '');
  if (!Array.isArray(value))
    return fail(file, `holds ${kindOf(value)} where a JSON list of samples was expected`);
  return value.map((item, i) => new Row(file, i + 1, item));
}

/** A JSON object whose values are the rows. */
export function jsonDictionary(file: AnnotationFile): [key: string, row: Row][] {
  const value = parseJson(file, textOf(file), '');
  if (!isRecord(value))
    return fail(file, `holds ${kindOf(value)} where a JSON object of samples was expected`);
  return Object.entries(value).map(([key, item], i) => [key, new Row(file, i + 1, item)]);
}

/** JSON lines; empty lines are passed over and do not count as rows. */
export function jsonLines(file: AnnotationFile): Row[] {
  const rows: Row[] = [];
  for (const [i, line] of textOf(file).split('\n').entries()) {
    if (line.trim() !== '')
      rows.push(new Row(file, rows.length + 1, parseJson(file, line, `line ${i + 1}: `)));
  }
  return rows;
}

/** JSON lines where each line is a whole object, else a JSON list. */
export const jsonRows = (file: AnnotationFile): Row[] =>
  /^[\s\ufeff]*\[/.test(new TextDecoder().decode(file.bytes.subarray(0, 64)))
    ? jsonList(file)
    : jsonLines(file);

/** Parquet; the reader is loaded only when such a file comes. Binary columns are left out by naming `columns`. */
export async function parquetRows(file: AnnotationFile, columns: string[]): Promise<Row[]> {
  const [{ parquetReadObjects, parquetSchema, parquetMetadata }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const { buffer, byteOffset, byteLength } = file.bytes;
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
  if (!(bytes instanceof ArrayBuffer))
    return fail(file, 'lies in shared memory, which the Parquet reader cannot read');
  try {
    const metadata = parquetMetadata(bytes);
    const present = new Set(parquetSchema(metadata).children.map((child) => child.element.name));
    const wanted = columns.filter((column) => present.has(column));
    const rows = await parquetReadObjects({ file: bytes, metadata, compressors, columns: wanted });
    return rows.map((row, i) => new Row(file, i + 1, row));
  } catch (error) {
    return fail(file, `not a readable Parquet file: ${error instanceof Error ? error.message : error}`);
  }
}

/** A tab-separated table with a header, quoted as Python's csv and pandas do (`""` stands for a quote). */
export function tsvRows(file: AnnotationFile): Row[] {
  const [header, ...lines] = tsvCells(file, textOf(file));
  if (!header) return fail(file, 'is empty');
  return lines.map((cells, i) => {
    if (cells.length !== header.length)
      fail(file, `row ${i + 1}: has ${cells.length} cells, the header ${header.length}`);
    return new Row(file, i + 1, Object.fromEntries(header.map((name, column) => [name, cells[column]])));
  });
}

function tsvCells(file: AnnotationFile, text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  for (let at = 0; at < text.length; ) {
    let cell = '';
    if (text[at] === '"') {
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) return fail(file, `row ${rows.length}: a quoted cell does not end`);
        cell += text.slice(from, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        from = at + 1;
      }
    }
    let end = at;
    while (end < text.length && text[end] !== '\t' && text[end] !== '\n') end++;
    cells.push((cell + text.slice(at, end)).replace(/\r$/, ''));
    if (text[end] !== '\t') {
      rows.push(cells);
      cells = [];
    }
    at = end + 1;
  }
  if (cells.length > 0) rows.push([...cells, '']);
  return rows;
}

/** A list of texts as pandas writes it into a cell: `['a', "it's"]`. Null where the text is no such list. */
export function pythonStrings(text: string): readonly string[] | null {
  const items = readList(text);
  return items?.every((item) => typeof item === 'string') === true ? items : null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object'
    ? 'an object'
    : `the ${typeof value} ${JSON.stringify(value)?.slice(0, 40)}`;
};

/**
 * A row of an annotation file, read field by field. A field of another type is an AnnotationError that names file, row
 * and field. (A schema library costs more than the whole of RefCOCO's reading and says less.)
 */
export class Row {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    private readonly file: AnnotationFile,
    /** From 1. */
    readonly number: number,
    value: unknown,
  ) {
    this.fields = isRecord(value)
      ? value
      : fail(file, `row ${number}: is ${kindOf(value)} where an object was expected`);
  }

  fail(message: string): never {
    return fail(this.file, `row ${this.number}: ${message}`);
  }

  has(key: string): boolean {
    return this.fields[key] !== undefined;
  }

  private wrong(key: string, expected: string): never {
    return this.fail(`"${key}" is ${kindOf(this.fields[key])} where ${expected} was expected`);
  }

  text(key: string): string {
    const value = this.fields[key];
    return typeof value === 'string' ? value : this.wrong(key, 'a text');
  }

  textOrNull(key: string): string | null {
    return (this.fields[key] ?? null) === null ? null : this.text(key);
  }

  /** A whole number, or one written as a text, as a text: how ids come. */
  id(key: string): string {
    const value = this.fields[key];
    if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
    return typeof value === 'string' && value !== '' ? value : this.wrong(key, 'an id');
  }

  integer(key: string): number {
    const value = this.fields[key];
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? value
      : this.wrong(key, 'a whole number');
  }

  texts(key: string): string[] {
    const value = this.fields[key];
    return Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? value
      : this.wrong(key, 'a list of texts');
  }

  textsOrNull(key: string): string[] | null {
    return (this.fields[key] ?? null) === null ? null : this.texts(key);
  }

  numbers(key: string, length: number): number[] {
    const value = this.fields[key];
    return Array.isArray(value) && value.length === length && value.every((item) => Number.isFinite(item))
      ? value
      : this.wrong(key, `a list of ${length} numbers`);
  }

  isList(key: string): boolean {
    return Array.isArray(this.fields[key]);
  }

  /** An object within the row. */
  nested(key: string): Row {
    const value = this.fields[key];
    return isRecord(value) ? new Row(this.file, this.number, value) : this.wrong(key, 'an object');
  }
}

/** @throws AnnotationError where two samples have the same id. */
export function uniqueIds(file: AnnotationFile, samples: readonly Sample[]): readonly Sample[] {
  const seen = new Map<string, number>();
  for (const [i, { sampleId }] of samples.entries()) {
    const first = seen.get(sampleId);
    if (first !== undefined) fail(file, `row ${i + 1}: has the id ${sampleId} of row ${first}`);
    seen.set(sampleId, i + 1);
  }
  return samples;
}

/**
 * What an install asks beside `readAnnotations`: the split as published, whole. A local file may well be a part of it.
 * @throws AnnotationError naming the split of that count, if there is one.
 */
export function checkSampleCount(
  file: { name: string },
  samples: readonly Sample[],
  split: Split,
  splits: readonly Split[],
): void {
  if (samples.length === split.sampleCount) return;
  const other = splits.find(({ sampleCount }) => sampleCount === samples.length);
  const hint = other ? `; that is the count of ${other.label} (${other.id})` : '';
  throw new AnnotationError(
    `${file.name}: has ${samples.length} samples, ${split.label} (${split.id}) has ${split.sampleCount}${hint}`,
  );
}
