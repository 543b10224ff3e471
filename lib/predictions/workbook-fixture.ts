import { strToU8, type Zippable } from 'fflate';

const TYPES = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export const relations = (...targets: (readonly [id: string, type: string, target: string])[]): string =>
  `<Relationships>${targets.map(([id, type, target]) => `<Relationship Id="${id}" Type="${TYPES}/${type}" Target="${target}"/>`).join('')}</Relationships>`;

/** For tests: the parts of a workbook with one sheet, with others in their place or beside them. */
export function workbook(parts: Readonly<Record<string, string>>): Zippable {
  const all: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': relations(['rId1', 'officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml': '<workbook><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relations(
      ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
      ...('xl/sharedStrings.xml' in parts ? [['rId2', 'sharedStrings', 'sharedStrings.xml'] as const] : []),
      ...('xl/styles.xml' in parts ? [['rId3', 'styles', 'styles.xml'] as const] : []),
    ),
    ...parts,
  };
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [name, strToU8(text)]));
}
