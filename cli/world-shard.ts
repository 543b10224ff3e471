import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import {
  type ColumnSource,
  fileWriter,
  ParquetWriter,
  type SchemaElement,
  type Writer,
} from 'hyparquet-writer';
import type { TrainingRow } from '@/lib/world/training-row';
import { DiskError } from './command';

/** Training rows as a parquet file, nested as pyarrow and `datasets` nest them, so that theirs and ours can be joined. */

type Field = readonly [SchemaElement, ...SchemaElement[]];

const leaf = (element: Omit<SchemaElement, 'repetition_type'>): Field => [
  { ...element, repetition_type: 'OPTIONAL' },
];
const text = (name: string): Field =>
  leaf({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } });
const bytes = (name: string): Field => leaf({ name, type: 'BYTE_ARRAY' });
const whole = (name: string): Field => leaf({ name, type: 'INT64' });
const struct = (name: string, ...fields: readonly Field[]): Field => [
  { name, repetition_type: 'OPTIONAL', num_children: fields.length },
  ...fields.flat(),
];
const list = (name: string, element: (name: 'element') => Field): Field => [
  {
    name,
    repetition_type: 'OPTIONAL',
    num_children: 1,
    converted_type: 'LIST',
    logical_type: { type: 'LIST' },
  },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element('element'),
];

const FIELDS: Readonly<Record<keyof TrainingRow, Field>> = {
  data_source: text('data_source'),
  prompt: list('prompt', (name) => struct(name, text('role'), text('content'))),
  images: list('images', (name) => struct(name, bytes('bytes'), text('path'))),
  ability: text('ability'),
  reward_model: struct('reward_model', text('style'), text('ground_truth')),
  extra_info: struct(
    'extra_info',
    whole('index'),
    text('answer'),
    text('question'),
    text('reward_func'),
    list('image_paths', text),
    text('solution'),
    list('accepted', text),
    list('further', (name) => struct(name, ...['kind', 'content', 'question', 'solution'].map(text))),
    list('objects', (name) =>
      struct(
        name,
        ...['shape', 'colour', 'material', 'size'].map(text),
        ...['x1', 'y1', 'x2', 'y2', 'away', 'ground_x', 'ground_y'].map(whole),
      ),
    ),
    list('written', (name) => struct(name, text('word'), ...['x1', 'y1', 'x2', 'y2'].map(whole))),
    text('task'),
    text('kind'),
    whole('difficulty'),
    text('split'),
    whole('seed'),
    whole('size'),
    whole('world_version'),
  ),
};
const COLUMNS = Object.keys(FIELDS) as (keyof TrainingRow)[];
const SCHEMA: SchemaElement[] = [
  { name: 'schema', num_children: COLUMNS.length },
  ...Object.values(FIELDS).flat(),
];

/** How the name of a shard ends that is not whole yet, or never will be: its command was killed. */
export const UNFINISHED = '.part';

/** A shard under a temporary name, until it is whole. */
export class ShardWriter {
  private readonly temporary: string;
  private readonly writer: Writer;
  private readonly parquet: ParquetWriter;

  constructor(private readonly path: string) {
    this.temporary = `${path}.${process.pid}${UNFINISHED}`;
    this.writer = fileWriter(this.temporary);
    this.parquet = new ParquetWriter({
      writer: this.writer,
      schema: SCHEMA,
      statistics: false,
      createdBy: 'ocean world',
    });
  }

  /** The rows become a group of their own, so that no more than these are held. */
  write(rows: readonly TrainingRow[]): void {
    this.parquet.write({ columnData: COLUMNS.map((name) => column(name, rows)), rowGroupSize: rows.length });
  }

  /** Nothing has the shard's own name before all of it is on the disk. */
  finish(): { bytes: number; sha256: string } {
    this.parquet.finish();
    const file = openSync(this.temporary, 'r+');
    fsyncSync(file);
    closeSync(file);
    const content = readFileSync(this.temporary);
    if (content.length !== this.writer.offset)
      throw new DiskError(
        `${this.temporary} is not what was written: let one command at a time write to a folder`,
      );
    renameSync(this.temporary, this.path);
    return { bytes: content.length, sha256: sha256(content) };
  }

  discard(): void {
    rmSync(this.temporary, { force: true });
  }
}

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

function column(name: keyof TrainingRow, rows: readonly TrainingRow[]): ColumnSource {
  // Images are compressed already.
  if (name === 'images')
    return { name, data: rows.map((row) => row.images), codec: 'UNCOMPRESSED', encoding: 'PLAIN' };
  if (name === 'extra_info') return { name, data: rows.map((row) => wholeAsBigInt(row.extra_info)) };
  return { name, data: rows.map((row) => row[name]) };
}

/** With whole numbers as INT64 columns want them. */
function wholeAsBigInt(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(wholeAsBigInt);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, wholeAsBigInt(each)]));
}
