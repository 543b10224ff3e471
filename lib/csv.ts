export type CsvValue = string | number | boolean | null;

/**
 * A text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP advises ("CSV injection"):
 * names come from submitters. Numbers are written as numbers, so a negative one stays one.
 */
function csvField(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^\s*[=+\-@|%＝＋－＠]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** RFC 4180, with a header. Empty where nothing is shown. */
export function toCsv(records: readonly Readonly<Record<string, CsvValue>>[]): string {
  const names = Object.keys(records[0] ?? {});
  const lines = [names, ...records.map((record) => names.map((name) => record[name] ?? null))];
  return names.length === 0 ? '' : lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}
