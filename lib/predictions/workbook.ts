import { MAX_OUTPUT_LENGTH } from './limits';
import { PredictionsError } from './predictions-file';
import { damagedXlsx, xmlTokens } from './xml';
import type { ZipEntry } from './zip';

/** The parts of a workbook that hold the table: the first sheet's, and what its cells refer to. */
export interface Workbook {
  sheet: ZipEntry;
  strings: readonly string[];
  /** Whether a cell's style (its place in the styles) shows numbers as dates or times. */
  isDate(style: number): boolean;
}

/** Whether a zip is a package of Office Open XML (ECMA-376 part 2). */
export const isOfficePackage = (entries: readonly ZipEntry[]): boolean =>
  partNamed(entries, '[Content_Types].xml') !== undefined;

/**
 * The first tab, as the workbook lists them and as pandas takes it: hidden ones count, sheets of a chart alone do not.
 * Which part holds it only the relations say (ECMA-376 part 1, 18.2.19 and 12.3.23), in the namespaces of Excel's own
 * files or of strict ones.
 */
export function openWorkbook(entries: readonly ZipEntry[]): Workbook {
  const main = relationsOf(entries, '').find(({ type }) => type === 'officeDocument');
  const path = main?.target ?? 'xl/workbook.xml';
  if (path.endsWith('.bin'))
    throw new PredictionsError('this is a binary Excel workbook (xlsb): save it as xlsx');
  const part = partNamed(entries, path);
  if (part === undefined || !/^xl\//i.test(path))
    throw new PredictionsError(`this is an Office file, but no workbook that can be read (${path})`);
  const relations = relationsOf(entries, path);
  const related = (type: string): ZipEntry | undefined => {
    const relation = relations.find((each) => each.type === type);
    return relation === undefined ? undefined : required(entries, relation.target);
  };
  const sheets = sheetIds(part).map((id) => relations.find((relation) => relation.id === id));
  const first = sheets.find((relation) => relation?.type === 'worksheet');
  if (first === undefined) throw new PredictionsError('the xlsx file has no sheet');
  return {
    sheet: required(entries, first.target),
    strings: sharedStrings(related('sharedStrings')),
    isDate: dateStyles(related('styles')),
  };
}

/** Names of parts do not differ by case alone; of two files of one name the last counts, as for Python's zipfile. */
function partNamed(entries: readonly ZipEntry[], path: string): ZipEntry | undefined {
  const normal = (name: string): string => name.replaceAll('\\', '/').replace(/^\//, '').toLowerCase();
  return entries.findLast(({ name }) => normal(name) === normal(path));
}

function required(entries: readonly ZipEntry[], path: string): ZipEntry {
  const part = partNamed(entries, path);
  if (part === undefined) throw damagedXlsx(`it has no ${path}`);
  return part;
}

interface Relation {
  id: string;
  /** The last word of its address. */
  type: string;
  /** The part's name, from the package's root. */
  target: string;
}

/** Of a part to others, of the package itself where the path is empty. */
function relationsOf(entries: readonly ZipEntry[], path: string): Relation[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const part = partNamed(entries, `${folder}_rels/${path.slice(folder.length)}.rels`);
  const relations: Relation[] = [];
  if (part === undefined) return relations;
  for (const token of xmlTokens(part.chunks())) {
    if (token.kind !== 'open' || token.name !== 'Relationship') continue;
    const type = token.attribute('Type') ?? '';
    relations.push({
      id: token.attribute('Id') ?? '',
      type: type.slice(type.lastIndexOf('/') + 1),
      target: resolved(folder, token.attribute('Target') ?? ''),
    });
  }
  return relations;
}

/** A relation's target, which is relative to its part's folder or begins at the root with "/". */
function resolved(folder: string, target: string): string {
  const steps: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function sheetIds(workbook: ZipEntry): string[] {
  const ids: string[] = [];
  for (const token of xmlTokens(workbook.chunks()))
    if (token.kind === 'open' && token.name === 'sheet') ids.push(token.attribute('id') ?? '');
  return ids;
}

/** Of `<si><t>…</t></si>`, or of runs `<si><r><t>…</t></r>…</si>`; `<rPh>` holds how the text is pronounced. */
function sharedStrings(part: ZipEntry | undefined): string[] {
  const strings: string[] = [];
  if (part === undefined) return strings;
  let text = '';
  let inText = false;
  let inPhonetic = false;
  for (const token of xmlTokens(part.chunks())) {
    if (token.kind === 'text') {
      if (inText && !inPhonetic) text = appended(text, token.text, null);
    } else if (token.name === 't') inText = token.kind === 'open';
    else if (token.name === 'rPh') inPhonetic = token.kind === 'open';
    else if (token.name === 'si') {
      if (token.kind === 'open') text = '';
      else strings.push(unescaped(text));
    }
  }
  return strings;
}

export function appended(text: string, more: string, row: number | null): string {
  if (text.length + more.length <= MAX_OUTPUT_LENGTH) return text + more;
  throw new PredictionsError(`a cell has more than ${MAX_OUTPUT_LENGTH} characters`, row);
}

/**
 * Characters that XML cannot hold are written `_x0001_`, and `_x005F_` is the underscore of a text that looks like one
 * (ECMA-376 part 1, 22.9.2.19). Nobody writes others so: `_x0041_` is what stood there, as pandas reads it.
 */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(
        /_x(005F(?=_x[\da-fA-F]{4}_)|00[01][\da-fA-F]|[dD][89a-fA-F][\da-fA-F]{2}|[fF]{3}[eEfF])_/g,
        (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;

/** Number formats that Excel has of itself (ECMA-376 part 1, 18.8.30), of its Asian editions too. */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

function dateStyles(part: ZipEntry | undefined): Workbook['isDate'] {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let section: string | null = null;
  for (const token of part === undefined ? [] : xmlTokens(part.chunks())) {
    if (token.kind === 'text') continue;
    if (token.name === 'numFmts' || token.name === 'cellXfs')
      section = token.kind === 'open' ? token.name : null;
    else if (token.kind === 'close') continue;
    else if (section === 'numFmts' && token.name === 'numFmt')
      codes.set(Number(token.attribute('numFmtId')), token.attribute('formatCode') ?? '');
    else if (section === 'cellXfs' && token.name === 'xf') formats.push(Number(token.attribute('numFmtId')));
  }
  const dates = new Set(
    [...new Set(formats)].filter((id) => {
      const code = codes.get(id);
      return code === undefined ? isBuiltInDate(id) : isDateCode(code);
    }),
  );
  return (style) => dates.has(formats[style] ?? 0);
}

/** No longer code can be given in Excel. */
const MAX_CODE_LENGTH = 255;

/** Whether a number format has letters of dates or times outside of texts, colours and conditions. */
function isDateCode(code: string): boolean {
  const [positive = ''] = code.slice(0, MAX_CODE_LENGTH).split(';');
  const bare = positive.replace(/"[^"]*"|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general|standard/gi, '');
  return /[dmhys]/i.test(bare);
}
