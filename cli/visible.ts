/**
 * A text for the terminal, in which nothing commands it, turns the writing or hides: control and bidirectional characters, what
 * has no width, halves of pairs are shown as `\u001b`. Lines and tabs stay. JSON stays JSON of the same value.
 */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (each) =>
    Array.from({ length: each.length }, (_, i) => escaped(each.charCodeAt(i))).join(''),
  );

const escaped = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;

const HIDDEN =
  /(?![\n\t])\p{Cc}|\p{Bidi_Control}|\p{Cs}|[\u2028\u2029\u200b\u2060-\u2064\ufeff]|[\u{e0000}-\u{e007f}]/gu;
