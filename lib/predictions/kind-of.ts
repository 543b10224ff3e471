/**
 * What a file that is no predictions file is, by its first bytes; only for the message. Null: nothing is known against
 * its being text.
 */
export function kindOf(head: Uint8Array): string | null {
  if (isPickle(head)) return PICKLE;
  const text = String.fromCharCode(...head.subarray(0, 300));
  const known = KINDS.find(({ begins }) =>
    typeof begins === 'string' ? text.startsWith(begins) : begins.test(text),
  );
  return known?.kind ?? (head.includes(0) ? 'a binary file' : null);
}

/**
 * Text of two or four bytes a letter without a mark that says so: what we read begins with two letters of ASCII, and
 * between them would be zeros. Null where it is none.
 */
export function wideText(head: Uint8Array): string | null {
  const zeros = [...head.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
  if (['x0x0', '0x0x'].includes(zeros)) return 'UTF-16 text: save it as UTF-8';
  return ['x000', '000x'].includes(zeros) ? 'UTF-32 text: save it as UTF-8' : null;
}

export const startsWith = (head: Uint8Array, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, at) => head[at] === byte);

/** Protocols 2 to 5 begin with their number; 0 and 1 are text that begins with a mark or a global's name. */
function isPickle(head: Uint8Array): boolean {
  const [first, protocol = 0] = head;
  if (first === 0x80) return protocol >= 2 && protocol <= 5;
  return /^(\((lp|dp)\d|c[a-z_.]+\n\w+\n)/.test(String.fromCharCode(...head.subarray(0, 100)));
}

const PICKLE =
  'a Python pickle, which can run code when it is read and is never taken: write the predictions as JSON, JSON lines, tsv or xlsx (VLMEvalKit: PRED_FORMAT=json)';

/** Bytes as Latin-1. */
const KINDS: readonly { kind: string; begins: string | RegExp }[] = [
  { kind: 'an archive within an archive', begins: '\x1f\x8b' },
  { kind: 'an archive within an archive', begins: 'PK\x03\x04' },
  { kind: 'UTF-32 text: save it as UTF-8', begins: /^(\xff\xfe\0\0|\0\0\xfe\xff)/ },
  { kind: 'UTF-16 text: save it as UTF-8', begins: '\xff\xfe' },
  { kind: 'UTF-16 text: save it as UTF-8', begins: '\xfe\xff' },
  { kind: 'an HTML or XML page', begins: /^(\xef\xbb\xbf)?\s*</ },
  { kind: 'a PDF', begins: '%PDF' },
  { kind: 'a PNG image', begins: '\x89PNG' },
  { kind: 'a JPEG image', begins: '\xff\xd8\xff' },
  { kind: 'a GIF image', begins: 'GIF8' },
  { kind: 'a WebP image', begins: /^RIFF....WEBP/s },
  { kind: 'a Parquet file', begins: 'PAR1' },
  { kind: 'an old Excel file (xls): save it as xlsx', begins: '\xd0\xcf\x11\xe0' },
  { kind: 'a tar archive: hand in the file itself', begins: /^.{257}ustar/s },
  { kind: 'compressed with Zstandard: use gzip or zip', begins: '\x28\xb5\x2f\xfd' },
  { kind: 'compressed with bzip2: use gzip or zip', begins: 'BZh' },
  { kind: 'compressed with xz: use gzip or zip', begins: '\xfd7zXZ' },
  { kind: 'a 7z archive: use gzip or zip', begins: '7z\xbc\xaf' },
];
