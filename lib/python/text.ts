/**
 * The rules upstream are Python programs; where Python's idea of text differs from JavaScript's, this file holds
 * Python's. Checked against CPython 3.11 (`re`, `str`, `int`).
 */

/** Inside a character class: what `\s`, `str.strip()` and `str.split()` take for white space. JavaScript's `\s` has U+FEFF and lacks U+001C–1F and U+0085. */
export const SPACES = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const space = new RegExp(`^[${SPACES}]`);

export const isSpace = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code < 0x80 ? (code >= 9 && code <= 13) || (code >= 28 && code <= 32) : space.test(text.charAt(at));
};

/** The first index from `from` on that holds no white space, at most `text.length`. */
export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (isSpace(text, at)) at++;
  return at;
}

/** The end of what is left of `text[from..to)` without its trailing white space; at least `from`. */
export function trimEnd(text: string, from: number, to: number): number {
  let at = to;
  while (at > from && isSpace(text, at - 1)) at--;
  return at;
}

/** `str.strip()` */
export const strip = (text: string): string => {
  const start = skipSpaces(text, 0);
  return text.slice(start, trimEnd(text, start, text.length));
};

const digit = /^\p{Nd}$/u;

/** What `\d` matches: a decimal digit of any script. */
const isDigit = (codePoint: number): boolean => digit.test(String.fromCodePoint(codePoint));

/**
 * `int(text)` for a text that `\d+` matched, as decimal digits without leading zeros, so that no size overflows.
 * Unicode keeps the digits of a script in runs of ten that begin with zero.
 */
export function decimalDigits(text: string): string {
  let digits = '';
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    let zero = codePoint;
    while (isDigit(zero - 1)) zero--;
    digits += (codePoint - zero) % 10;
  }
  return digits.replace(/^0+(?=\d)/, '');
}
