import { pythonStr } from './numbers';

/** What TOML and JSON can hold: whole numbers are `bigint`, all others `number`, as Python tells them apart. */
export type PythonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `repr(value)` */
export function pythonRepr(value: PythonValue): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return reprOfText(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return pythonStr(value);
    case 'bigint':
      return String(value);
  }
  if (isList(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, each]) => `${reprOfText(key)}: ${pythonRepr(each)}`)
    .join(', ')}}`;
}

/** `Array.isArray` does not see a list in a type that may not be written to. */
const isList = (value: PythonValue): value is readonly PythonValue[] => Array.isArray(value);

/** In single quotes unless only those occur in it; what is not printable is escaped. */
function reprOfText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = [...text].map((each) => {
    if (each === quote) return `\\${each}`;
    return NAMED[each] ?? (each !== ' ' && /^[\p{C}\p{Z}]$/u.test(each) ? escaped(each) : each);
  });
  return `${quote}${inside.join('')}${quote}`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
