export type Item = string | number | boolean | null | readonly Item[];

/** Brackets within one list. */
const MAX_DEPTH = 64;

/**
 * A list as JSON writes it, or a list or tuple as Python does: `["a"]`, `['a', "it's"]`, `(1, 2.5)`. Texts are read as
 * the language reads them (docs.python.org/3/reference/lexical_analysis.html, "String and Bytes literals"), adjacent ones
 * joined. Nothing is evaluated: null where the text is anything else, with bytes, f-strings and the characters that
 * Python looks up by name (`\N{…}`) in it, or nested deeper than 64.
 */
export function readList(text: string): readonly Item[] | null {
  return readJson(text) ?? new PythonReader(text).whole();
}

/** Flat lists alone: where both languages read a list, they read the same but for `"\/"`. */
function readJson(text: string): readonly Item[] | null {
  if (!text.trimStart().startsWith('[')) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  return value.every((item) => item === null || typeof item !== 'object') ? value : null;
}

const SPACE = /[ \t\n\r\f]*/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /True|False|None/y;
const NAMES: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };
const OPEN_TEXT = /([rRuU]?)('''|"""|'|")/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const OCTAL = /[0-7]{1,3}/y;
const HEX: Readonly<Record<string, RegExp>> = {
  x: /[\da-fA-F]{2}/y,
  u: /[\da-fA-F]{4}/y,
  U: /[\da-fA-F]{8}/y,
};

/** Each step stands behind what it read, or gives null where that is no literal. */
class PythonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): readonly Item[] | null {
    this.skipSpace();
    const list = this.list(0);
    this.skipSpace();
    return this.at === this.text.length ? list : null;
  }

  private list(depth: number): readonly Item[] | null {
    const close = { '[': ']', '(': ')' }[this.text.charAt(this.at)];
    if (close === undefined || depth === MAX_DEPTH) return null;
    this.at++;
    const items: Item[] = [];
    let hasComma = true;
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] === close) break;
      const item = hasComma ? this.item(depth) : undefined;
      if (item === undefined) return null;
      items.push(item);
      this.skipSpace();
      hasComma = this.text[this.at] === ',';
      if (hasComma) this.at++;
    }
    this.at++;
    // ("a") is the text, ("a",) the tuple.
    return close === ')' && items.length === 1 && !hasComma ? null : items;
  }

  private item(depth: number): Item | undefined {
    const texts: string[] = [];
    for (let open = this.match(OPEN_TEXT); open !== null; open = this.match(OPEN_TEXT)) {
      const [, prefix = '', quote = ''] = open;
      const text = this.body(quote, /r/i.test(prefix));
      if (text === null) return undefined;
      texts.push(text);
      this.skipSpace();
    }
    if (texts.length > 0) return texts.join('');
    const number = this.match(NUMBER);
    if (number !== null) return Number(number[0]);
    const name = this.match(NAME);
    return name === null ? (this.list(depth + 1) ?? undefined) : NAMES[name[0]];
  }

  /** From behind the opening quote to behind the closing one. */
  private body(quote: string, isRaw: boolean): string | null {
    const parts: string[] = [];
    let from = this.at;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined) return null;
      if (character === '\\') {
        if (isRaw) this.at += 2;
        else {
          parts.push(this.text.slice(from, this.at));
          this.at++;
          const escaped = this.escape();
          if (escaped === null) return null;
          parts.push(escaped);
          from = this.at;
        }
      } else if (this.text.startsWith(quote, this.at)) {
        parts.push(this.text.slice(from, this.at));
        this.at += quote.length;
        return parts.join('');
      } else if (character === '\n' && quote.length === 1) {
        return null;
      } else this.at++;
    }
  }

  /** From behind the backslash. One that Python does not know stands for itself, backslash and all. */
  private escape(): string | null {
    const octal = this.match(OCTAL);
    if (octal !== null) return String.fromCharCode(Number.parseInt(octal[0], 8));
    const letter = this.text[this.at++];
    if (letter === undefined || letter === 'N') return null;
    const digits = HEX[letter];
    if (digits === undefined) return ESCAPES[letter] ?? `\\${letter}`;
    const code = Number.parseInt(this.match(digits)?.[0] ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : null;
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }
}
