import { gunzip } from './gzip';
import { type DocumentPart, documentParts } from './json-document';
import { concat, copyOf, isSpace, lines } from './json-lines';
import { checkNesting, inWords, isJsonObject, type JsonObject, parseJson } from './json-text';
import { kindOf, startsWith, wideText } from './kind-of';
import {
  MAX_FILE_BYTES,
  MAX_HEADER_ENTRIES,
  MAX_LEADING_SPACE,
  MAX_ROWS,
  MAX_XLSX_PART_BYTES,
  MAX_ZIP_FILES,
} from './limits';
import { lmmsEval } from './lmms-eval';
import { mathV } from './math-v';
import { mathVista } from './math-vista';
import { isManifest, oceanJsonl, readManifest } from './ocean-jsonl';
import {
  type ByteSource,
  FORMATS as FORMAT_NAMES,
  type Manifest,
  PredictionsError,
  type PredictionsFile,
} from './predictions-file';
import type { FileRecord, RecordFormat } from './record-format';
import { seedAccuracy, seedJson } from './seed-json';
import { recordsOf, type TableRow } from './table';
import { tsvRows } from './tsv';
import { vlmEvalKit } from './vlmevalkit';
import { isOfficePackage } from './workbook';
import { xlsxRows } from './xlsx';
import { type ZipEntry, zipEntries } from './zip';

/** The first that recognises a record reads the file. */
const FORMATS: readonly RecordFormat[] = [oceanJsonl, seedJson, vlmEvalKit, lmmsEval, mathVista, mathV];

/**
 * Recognises the format by the file's content and reads its first row; the rest is read, and may be refused, as
 * `rows()` is walked.
 * @throws PredictionsError where it is no predictions file, saying what it is instead where that can be seen
 */
export async function openPredictions(source: ByteSource): Promise<PredictionsFile> {
  if (source.size > MAX_FILE_BYTES) {
    throw new PredictionsError(
      `the file has ${source.size} bytes; at most ${MAX_FILE_BYTES} are taken. Compress it with gzip, or leave out what is not a prediction`,
    );
  }
  const isGzip = startsWith(headOf(source), 0x1f, 0x8b);
  const content: Content = isGzip ? { chunks: () => gunzip(source.chunks()) } : source;
  if (!isZip(content)) return openContent(content);
  const entries = zipEntries(() => content.chunks());
  return isOfficePackage(entries) ? openContent(content) : openZip(entries);
}

/** What a file holds: itself, or inflated, or one of an archive's. */
interface Content {
  chunks(): Iterable<Uint8Array>;
}

const isZip = (content: Content): boolean => startsWith(headOf(content), 0x50, 0x4b);

function openZip(listed: readonly ZipEntry[]): PredictionsFile {
  if (['mimetype', 'content.xml'].every((part) => listed.some(({ name }) => name === part)))
    throw new PredictionsError(`this is an OpenDocument spreadsheet: save it as xlsx; ${EXPECTED}`);
  const entries = listed.filter(({ name }) => !/(^|\/)(\.|__MACOSX\/)|\/$/.test(name));
  if (entries.length > MAX_ZIP_FILES) {
    throw new PredictionsError(
      `the zip holds ${entries.length} files, more than ${MAX_ZIP_FILES}; hand in one`,
    );
  }
  const found: PredictionsFile[] = [];
  const names: string[] = [];
  const refused: PredictionsError[] = [];
  let manifest: Manifest | null = null;
  for (const entry of entries) {
    try {
      const sibling = entries.length > 1 ? manifestIn(entry) : null;
      if (sibling !== null) {
        manifest = sibling;
        continue;
      }
      found.push(openContent(entry));
      names.push(entry.name);
    } catch (error) {
      if (!(error instanceof PredictionsError)) throw error;
      refused.push(error);
    }
  }
  const [file] = found;
  if (file !== undefined && found.length === 1) {
    if (manifest !== null) file.manifest = { ...manifest, ...file.manifest };
    return file;
  }
  if (found.length > 1) {
    throw new PredictionsError(
      `the zip holds ${found.length} predictions files (${names.join(', ')}); hand in one`,
    );
  }
  const [reason] = refused;
  if (reason !== undefined && entries.length === 1) throw reason;
  throw new PredictionsError(
    reason === undefined
      ? 'the zip holds no file'
      : `none of the zip's ${entries.length} files holds predictions`,
  );
}

/** A small JSON object without predictions beside the file. */
function manifestIn(entry: Content): Manifest | null {
  const whole = headOf(entry, MANIFEST_BYTES + 1);
  if (whole.length > MANIFEST_BYTES || whole.find((byte) => !isSpace(byte)) !== 0x7b) return null;
  let value: unknown;
  try {
    checkNesting(whole, null);
    value = parseJson(whole, null, 0);
  } catch {
    // Not JSON: whatever else it is, is told when it is tried as predictions.
    return null;
  }
  return isJsonObject(value) && formatOf(value) === null && isManifest(value)
    ? readManifest(value, null)
    : null;
}
const MANIFEST_BYTES = 64 * 1024;

function openContent(content: Content): PredictionsFile {
  const layout = layoutOf(content);
  const { isLines, records } = layout;
  let manifest: Manifest = {};
  let skipped = 0;
  let sample: JsonObject | null = null;
  for (const { row, value } of records()) {
    if (isLines && skipped === 0 && formatOf(value) === null && isManifest(value)) {
      manifest = readManifest(value, row);
      skipped = 1;
      continue;
    }
    sample = value;
    break;
  }
  if (sample === null) throw new PredictionsError(`the file holds no predictions; ${EXPECTED}`);
  const format = formatOf(sample);
  if (format === null) {
    throw new PredictionsError(
      `no known predictions: its first record has the fields ${Object.keys(sample).slice(0, 12).join(', ') || '(none)'}; ${EXPECTED}`,
    );
  }
  return {
    format: format.format,
    manifest,
    benchmarks: format.benchmarks(sample),
    *rows() {
      let count = 0;
      for (const record of records()) {
        if (count++ < skipped) continue;
        if (count > MAX_ROWS) throw new PredictionsError(`more than ${MAX_ROWS} rows`, record.row);
        yield format.read(record);
      }
    },
    get claimedAccuracy() {
      return layout.claimed.accuracy;
    },
  };
}

const formatOf = (record: JsonObject): RecordFormat | null =>
  FORMATS.find((format) => format.recognises(record)) ?? null;

const EXPECTED = `expected are rows with the fields ${FORMATS.map(({ fields, format }) => `${fields} (${FORMAT_NAMES[format]})`).join('; or ')}`;

/* ------------------------------------------------------------------ how the records lie in the file */

interface Layout {
  records: () => Iterable<FileRecord>;
  /** A manifest may come first. */
  isLines: boolean;
  /** Filled in as it is met. */
  claimed: Claim;
}
interface Claim {
  accuracy: number | null;
}
const NO_CLAIM: Claim = { accuracy: null };

function layoutOf(content: Content): Layout {
  const table = (rows: () => Iterable<TableRow>): Layout => ({
    records: () => recordsOf(rows()),
    isLines: false,
    claimed: NO_CLAIM,
  });
  if (isZip(content)) {
    const entries = zipEntries(() => content.chunks(), MAX_XLSX_PART_BYTES);
    if (isOfficePackage(entries)) return table(() => xlsxRows(entries));
  }
  const head = headOf(content);
  const wide = wideText(head);
  if (wide !== null) throw new PredictionsError(`this looks like ${wide}; ${EXPECTED}`);
  const beginning = headOf(content, MAX_LEADING_SPACE);
  const first = firstByte(beginning);
  if (first === 0x7b && isJsonLines(content)) {
    return { records: () => lineRecords(content), isLines: true, claimed: NO_CLAIM };
  }
  if (first === 0x7b || first === 0x5b) {
    const claimed: Claim = { accuracy: null };
    const hasElements = readHeader(content, claimed);
    return { records: () => documentRecords(content, hasElements, claimed), isLines: false, claimed };
  }
  const kind = first === undefined ? nothingIn(beginning) : kindOf(head);
  if (kind === null && head.includes(TAB)) return table(() => tsvRows(content.chunks()));
  throw new PredictionsError(`this is ${kind ?? 'plain text'}; ${EXPECTED}`);
}

function* lineRecords(content: Content): Generator<FileRecord, void> {
  for (const { row, offset, bytes } of lines(content.chunks())) {
    checkNesting(bytes, row);
    yield { row, key: null, value: objectOf(parseJson(bytes, row, offset), row) };
  }
}

function* documentRecords(
  content: Content,
  hasElements: boolean,
  claimed: Claim,
): Generator<FileRecord, void> {
  for (const part of documentParts(content.chunks())) {
    noteAccuracy(part, claimed);
    const { row, offset, bytes } = part;
    if (part.kind === 'element')
      yield { row, key: null, value: objectOf(parseJson(bytes, row, offset), row) };
    else if (!hasElements) {
      yield { row, key: part.key, value: objectOf(parseJson(bytes, row, offset), row, part.key) };
    }
  }
}

function objectOf(value: unknown, row: number, key?: string): JsonObject {
  if (isJsonObject(value)) return value;
  const place = key === undefined ? '' : `"${key}" is `;
  throw new PredictionsError(`${place}${inWords(value)}, where an object with a prediction is expected`, row);
}

/** Reads what a document says before its records. @returns whether these are the elements of a list */
function readHeader(content: Content, claimed: Claim): boolean {
  let entries = 0;
  for (const part of documentParts(content.chunks())) {
    if (part.kind === 'element') return true;
    if (++entries > MAX_HEADER_ENTRIES) break;
    noteAccuracy(part, claimed);
  }
  return false;
}

/** It may come before the records, or behind them (CV-Bench's). */
function noteAccuracy(part: DocumentPart, claimed: Claim): void {
  if (part.kind === 'entry' && part.key === 'accuracy')
    claimed.accuracy = seedAccuracy(parseJson(part.bytes, part.row, part.offset));
}

/**
 * JSON lines and a JSON document may both begin with "{". Lines are closed on the first line; a document on a single
 * line is one whose entries are records, or that has a list of them.
 */
function isJsonLines(content: Content): boolean {
  let first: Uint8Array | null = null;
  try {
    for (const { bytes } of lines(content.chunks())) {
      if (first !== null) return true;
      if (!checkNesting(bytes, null, Number.POSITIVE_INFINITY)) return false;
      first = copyOf(bytes);
    }
  } catch (error) {
    if (error instanceof PredictionsError) return first !== null;
    throw error;
  }
  if (first === null) return false;
  let onlyObjects = true;
  let entries = 0;
  for (const part of documentParts([first])) {
    if (part.kind === 'element') return false;
    if (++entries > MAX_HEADER_ENTRIES) break;
    onlyObjects &&= part.bytes[0] === 0x7b;
  }
  return !onlyObjects;
}

const TAB = 0x09;

/** The first that is neither white space nor of a byte order mark. */
function firstByte(head: Uint8Array): number | undefined {
  return head.find((byte, at) => !isSpace(byte) && !(at < 3 && BYTE_ORDER_MARK.has(byte)));
}
const nothingIn = (beginning: Uint8Array): string =>
  beginning.length < MAX_LEADING_SPACE
    ? 'an empty file'
    : `a file that begins with ${MAX_LEADING_SPACE} bytes of white space`;
const BYTE_ORDER_MARK: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);

function headOf(content: Content, length = 4096): Uint8Array {
  const parts: Uint8Array[] = [];
  let missing = length;
  for (const chunk of content.chunks()) {
    const part = copyOf(chunk.subarray(0, missing));
    parts.push(part);
    missing -= part.length;
    if (missing === 0) break;
  }
  return concat(parts);
}
