import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import type { JsonObject } from './json-text';
import type { Format, PredictionRow } from './predictions-file';

/** One record of a file: a line, an element, an entry, a table's row. */
export interface FileRecord {
  row: number;
  /** Where the file is a dictionary. */
  key: string | null;
  value: JsonObject;
}

/** A file format that differs from others by the fields of its records, however they are laid out in the file. */
export interface RecordFormat {
  format: Format;
  /** The fields by which a record is recognised, for people. */
  fields: string;
  recognises(record: JsonObject): boolean;
  /** The benchmarks that the first record allows, the likeliest first. */
  benchmarks(record: JsonObject): readonly BenchmarkId[];
  /** @throws PredictionsError naming the row and the field. */
  read(record: FileRecord): PredictionRow;
}
