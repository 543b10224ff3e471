import { pythonStr } from '@/lib/python/numbers';
import { MAX_COLUMNS } from './limits';
import { LostText } from './lost-text';
import { PredictionsError } from './predictions-file';
import type { Cell, TableRow } from './table';
import { appended, openWorkbook, unescaped, type Workbook } from './workbook';
import { damagedXlsx, type XmlToken, xmlTokens } from './xml';
import type { ZipEntry } from './zip';

/**
 * The rows of the first sheet as texts: what a cell holds, not how it is shown (a number as Python writes it). What
 * pandas' writers took for a formula, since it begins with "=", is the text again, and no cell is the value that a
 * spreadsheet worked out. Blank rows are skipped, and empty cells at a row's end are filled up to the header's width.
 *
 * Read as a stream, with only the shared strings in memory: a library that makes an array of the sheet can be made to
 * make one of a billion rows by a single cell named A999999999.
 */
export function* xlsxRows(entries: readonly ZipEntry[]): Generator<TableRow, void> {
  const workbook = openWorkbook(entries);
  const formulas = new FormulaRanges();
  let width: number | null = null;
  let row = 0;
  let cells: Cell[] = [];
  let column = 0;
  let cell: SheetCell | null = null;
  let inData = false;
  for (const token of xmlTokens(workbook.sheet.chunks())) {
    if (cell !== null && !(token.kind === 'close' && token.name === 'c')) cell.add(token, row);
    else if (token.kind === 'text') continue;
    else if (token.name === 'sheetData') inData = token.kind === 'open';
    else if (!inData) continue;
    else if (token.name === 'row' && token.kind === 'open') {
      row = rowOf(token.attribute('r'), row + 1);
      cells = [];
      column = 0;
    } else if (token.name === 'row') {
      while (cells.at(-1) === '') cells.pop();
      if (cells.length === 0) continue;
      width ??= cells.length;
      while (cells.length < width) cells.push('');
      yield { row, cells };
    } else if (token.name === 'c' && token.kind === 'open') {
      column = columnOf(token.attribute('r'), column + 1, row);
      cell = new SheetCell(token.attribute('t'), token.attribute('s'));
    } else if (cell !== null) {
      while (cells.length < column - 1) cells.push('');
      cells[column - 1] = cell.content(workbook, formulas, row, column);
      cell = null;
    }
  }
}

/** `<c t="s"><f>…</f><v>…</v></c>` or `<c t="inlineStr"><is>…</is></c>`, while it is read. */
class SheetCell {
  private value = '';
  private inline = '';
  private formula: { text: string; type: string | null; range: string | null } | null = null;
  private reading: string | null = null;
  private inPhonetic = false;

  constructor(
    private readonly type: string | null,
    private readonly style: string | null,
  ) {}

  add(token: XmlToken, row: number): void {
    if (token.kind === 'text') {
      if (this.reading === 'v') this.value = appended(this.value, token.text, row);
      else if (this.reading === 't' && !this.inPhonetic) this.inline = appended(this.inline, token.text, row);
      else if (this.reading === 'f' && this.formula !== null)
        this.formula.text = appended(this.formula.text, token.text, row);
    } else if (token.name === 'rPh') this.inPhonetic = token.kind === 'open';
    else if (token.kind === 'close') this.reading = null;
    else {
      this.reading = token.name;
      if (token.name === 'f')
        this.formula = { text: '', type: token.attribute('t'), range: token.attribute('ref') };
    }
  }

  content(workbook: Workbook, formulas: FormulaRanges, row: number, column: number): Cell {
    const { formula } = this;
    if (formula !== null) {
      const hasRange = formula.type === 'array' || formula.type === 'dataTable';
      if (hasRange && formulas.add(formula.range, row)) return FORMULA;
      return this.isWorkedOut() || (formula.type !== null && formula.text === '')
        ? FORMULA
        : // Functions younger than the format are marked so in the file, and nowhere else.
          `=${formula.text.replace(/_xlfn\.(_xlws\.)?/g, '')}`;
    }
    if (formulas.has(row, column)) return FORMULA;
    if (this.type === 'inlineStr') return unescaped(this.inline);
    return this.value === '' ? '' : this.valueIn(workbook, row);
  }

  /**
   * Whether a spreadsheet program had the formula in hand, and wrote it in its own words (LibreOffice in small letters).
   * XlsxWriter gives every formula the value 0, openpyxl none.
   */
  private isWorkedOut(): boolean {
    return this.type !== null || (this.value !== '' && this.value !== '0');
  }

  private valueIn({ strings, isDate }: Workbook, row: number): Cell {
    const { type, value } = this;
    switch (type ?? 'n') {
      case 's': {
        const string = /^\d+$/.test(value) ? strings[Number(value)] : undefined;
        if (string === undefined)
          throw new PredictionsError(`the xlsx file has no shared string ${value}`, row);
        return string;
      }
      case 'str':
        return unescaped(value);
      case 'b':
        return value === '1' || value === 'true' ? 'True' : 'False';
      case 'e':
        return new LostText(`the spreadsheet's error ${value}`);
      case 'd':
        return DATE;
      case 'n':
        return isDate(Number(this.style ?? 0)) ? DATE : numberText(value, row);
      default:
        throw new PredictionsError(`the xlsx file has a cell of the unknown type "${type}"`, row);
    }
  }
}

const DATE = new LostText('a date or a time');
const FORMULA = new LostText('a formula that a spreadsheet program worked out');

/** As pandas reads and Python writes it: Excel may keep 5 as 5.0 or 5E0. */
function numberText(text: string, row: number): string {
  const whole = /^\s*(-?)\+?0*(\d+)\s*$/.exec(text);
  if (whole !== null) return whole[2] === '0' ? '0' : `${whole[1]}${whole[2]}`;
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new PredictionsError(`the xlsx file has the number "${text.slice(0, 40)}", which is none`, row);
  return Number.isInteger(value) ? String(BigInt(value)) : pythonStr(value);
}

/** The cells for which one formula stands: they hold nothing but what a spreadsheet worked out. */
class FormulaRanges {
  private ranges: { top: number; bottom: number; left: number; right: number }[] = [];

  /** Whether the range has more than one cell. */
  add(range: string | null, row: number): boolean {
    const [, left, top, right = left, bottom = top] = RANGE.exec(range ?? '') ?? [];
    if (left === undefined || right === undefined) return false;
    if (left === right && top === bottom) return false;
    this.ranges = this.ranges.filter((each) => each.bottom >= row);
    if (this.ranges.length >= MAX_FORMULA_RANGES)
      throw new PredictionsError(`more than ${MAX_FORMULA_RANGES} formulas of several cells`, row);
    this.ranges.push({
      left: columnNumber(left),
      right: columnNumber(right),
      top: Number(top),
      bottom: Number(bottom),
    });
    return true;
  }

  has(row: number, column: number): boolean {
    return this.ranges.some(
      ({ top, bottom, left, right }) => row >= top && row <= bottom && column >= left && column <= right,
    );
  }
}
const RANGE = /^\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$/i;
/** Reaching over the row that is read. Every cell is looked up in them. */
const MAX_FORMULA_RANGES = 64;

function rowOf(text: string | null, next: number): number {
  const row = text === null ? next : Number(text);
  if (Number.isSafeInteger(row) && row >= next) return row;
  throw damagedXlsx(`row ${text} stands after row ${next - 1}`);
}

/** "A1" is column 1. */
function columnOf(reference: string | null, next: number, row: number): number {
  const letters = /^\$?([A-Z]*)/i.exec(reference ?? '')?.[1] ?? '';
  const column = letters === '' ? next : columnNumber(letters);
  if (column >= next && column <= MAX_COLUMNS) return column;
  throw new PredictionsError(`cell ${reference}: at most ${MAX_COLUMNS} columns are taken, in order`, row);
}

function columnNumber(letters: string): number {
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}
