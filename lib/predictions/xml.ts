import { ByteReader } from './byte-reader';
import { PredictionsError } from './predictions-file';

/** Names are without their prefix. */
export type XmlToken =
  | { kind: 'open'; name: string; attribute(name: string): string | null }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string };

export const damagedXlsx = (how: string): PredictionsError =>
  new PredictionsError(`the xlsx file is damaged: ${how}`);

const MAX_TAG_LENGTH = 1024 * 1024;

/**
 * The tags and texts of XML, as far as workbooks need it, as a stream. Comments and instructions are passed over. There
 * are the five entities of XML and its character references, and no document type, so that nothing expands.
 */
export function* xmlTokens(chunks: Iterable<Uint8Array>): Generator<XmlToken, void> {
  let rest = '';
  for (const chunk of texts(chunks)) {
    const text = rest + chunk;
    let at = 0;
    while (at < text.length) {
      if (text[at] === '<') {
        const end = endOfTag(text, at);
        if (end < 0) break;
        yield* tokensOf(text.slice(at, end));
        at = end;
      } else {
        const next = text.indexOf('<', at);
        const end = next < 0 ? beforeEntity(text, at) : next;
        if (end === at) break;
        yield { kind: 'text', text: decoded(text.slice(at, end)) };
        at = end;
      }
    }
    rest = text.slice(at);
    if (rest.length > MAX_TAG_LENGTH) throw withoutEnd();
  }
  if (rest !== '') throw withoutEnd();
}
const withoutEnd = (): PredictionsError => damagedXlsx('its XML has a tag without end');

/** A text goes on in the next chunk; up to where it surely has no part of an entity. */
function beforeEntity(text: string, from: number): number {
  const open = text.lastIndexOf('&');
  return open >= from && text.length - open < 16 && !text.includes(';', open) ? open : text.length;
}

/** UTF-8, or UTF-16 by its byte order mark, with `\n` for every line end (XML 1.0, 2.11). */
function* texts(chunks: Iterable<Uint8Array>): Generator<string, void> {
  const reader = new ByteReader(chunks, () => damagedXlsx('its XML is empty'));
  const mark = reader.take(2);
  const [first, second] = mark;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw damagedXlsx(`its XML is not ${encoding.toUpperCase()}`);
    }
  };
  /** A return at the end of what was decoded, with which a line feed may go. */
  let held = '';
  const unified = (text: string): string => {
    const whole = held + text;
    held = whole.endsWith('\r') ? '\r' : '';
    return whole.slice(0, whole.length - held.length).replace(/\r\n?/g, '\n');
  };
  yield unified(decode(mark));
  while (!reader.isAtEnd()) yield unified(decode(reader.some(Number.POSITIVE_INFINITY)));
  yield unified(decode()) + (held === '' ? '' : '\n');
}

const TAG = /<[^<>"']*(?:"[^<"]*"[^<>"']*|'[^<']*'[^<>"']*)*>/y;
const OTHER_MARKUP = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** Where the markup that begins at `at` has its end, -1 where that is still to come. */
function endOfTag(text: string, at: number): number {
  if (text[at + 1] === '!' || text[at + 1] === '?') {
    const other = OTHER_MARKUP.find(([open]) => text.startsWith(open, at));
    if (other !== undefined) {
      const end = text.indexOf(other[1], at + other[0].length);
      return end < 0 ? -1 : end + other[1].length;
    }
    if (text.startsWith('<!D', at)) throw damagedXlsx('its XML has a document type');
    // What it is shows with the next chunk.
    if (text.length - at < '<![CDATA['.length) return -1;
  }
  TAG.lastIndex = at;
  return TAG.test(text) ? TAG.lastIndex : -1;
}

const NAME = /^<\/?(?:[^\s:/>]+:)?([^\s/>]+)/;
const ENCODING = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"']*)/;
const READ_ENCODINGS = /^(utf-?8|utf-?16|us-ascii)$/i;

function* tokensOf(markup: string): Generator<XmlToken, void> {
  if (markup.startsWith('<![CDATA[')) {
    yield { kind: 'text', text: markup.slice(9, -3) };
    return;
  }
  const encoding = ENCODING.exec(markup)?.[1];
  if (encoding !== undefined && !READ_ENCODINGS.test(encoding))
    throw new PredictionsError(`the xlsx file has XML in ${encoding.slice(0, 40)}: save it anew, as UTF-8`);
  if (markup.startsWith('<?') || markup.startsWith('<!--')) return;
  const name = NAME.exec(markup)?.[1];
  if (name === undefined || markup[1] === '!') throw damagedXlsx('its XML has a tag without a name');
  if (markup[1] !== '/') {
    yield { kind: 'open', name, attribute: (wanted) => attributeOf(markup, wanted) };
    if (!markup.endsWith('/>')) return;
  }
  yield { kind: 'close', name };
}

const ATTRIBUTE = /\s([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** By its name; one with a prefix (`r:id`) where there is none without. */
function attributeOf(markup: string, wanted: string): string | null {
  let found: string | null = null;
  ATTRIBUTE.lastIndex = 0;
  for (let match = ATTRIBUTE.exec(markup); match !== null; match = ATTRIBUTE.exec(markup)) {
    const [, name, double, single = ''] = match;
    if (name === wanted) return decoded(double ?? single);
    if (name?.endsWith(`:${wanted}`)) found = decoded(double ?? single);
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decoded = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|([a-z]{1,8}));|&/g, (whole, hex, decimal, name) => {
        const character =
          hex === undefined && decimal === undefined
            ? ENTITIES[name]
            : characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
        if (character === undefined) throw damagedXlsx(`its XML has "${whole}", which stands for nothing`);
        return character;
      })
    : text;

/** XML 1.0, 2.2 */
function characterOf(code: number): string | undefined {
  const isCharacter =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
