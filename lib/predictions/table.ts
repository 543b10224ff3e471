import { MAX_COLUMNS } from './limits';
import { PredictionsError } from './predictions-file';
import type { FileRecord } from './record-format';

export interface TableRow {
  /** From 1, the header's row, as a spreadsheet shows it. */
  row: number;
  cells: readonly string[];
}

/** Takes the first row for the names of the columns. */
export function* recordsOf(rows: Iterable<TableRow>): Generator<FileRecord, void> {
  let names: readonly string[] | null = null;
  for (const { row, cells } of rows) {
    if (names === null) {
      if (cells.length > MAX_COLUMNS) {
        throw new PredictionsError(`${cells.length} columns; at most ${MAX_COLUMNS} are taken`, row);
      }
      names = cells;
      continue;
    }
    if (cells.length !== names.length) {
      throw new PredictionsError(`${cells.length} cells under ${names.length} column names`, row);
    }
    yield { row, key: null, value: Object.fromEntries(names.map((name, i) => [name, cells[i]])) };
  }
}
