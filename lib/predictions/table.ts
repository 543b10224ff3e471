import { MAX_COLUMNS } from './limits';
import type { LostText } from './lost-text';
import { PredictionsError } from './predictions-file';
import type { FileRecord } from './record-format';

export type Cell = string | LostText;

export interface TableRow {
  /** From 1, the header's row, as a spreadsheet shows it. */
  row: number;
  cells: readonly Cell[];
}

/** Takes the first row for the names of the columns. Of columns of one name the first has it, as in pandas. */
export function* recordsOf(rows: Iterable<TableRow>): Generator<FileRecord, void> {
  let names: readonly string[] | null = null;
  for (const { row, cells } of rows) {
    if (names === null) {
      if (cells.length > MAX_COLUMNS) {
        throw new PredictionsError(`${cells.length} columns; at most ${MAX_COLUMNS} are taken`, row);
      }
      names = cells.map((cell) => (typeof cell === 'string' ? cell : cell.what));
      continue;
    }
    if (cells.length !== names.length) {
      throw new PredictionsError(`${cells.length} cells under ${names.length} column names`, row);
    }
    const fields = new Map<string, Cell | undefined>();
    names.forEach((name, i) => {
      if (!fields.has(name)) fields.set(name, cells[i]);
    });
    yield { row, key: null, value: Object.fromEntries(fields) };
  }
}
