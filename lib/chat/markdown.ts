import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { piecesOf } from './pieces';

/**
 * What is never read as Markdown: markup (it stays the text that it is), and what a model writes without meaning it:
 * indented working is no code, `[1]` no reference, `&amp;` no sign.
 */
const NEVER = ['htmlFlow', 'htmlText', 'codeIndented', 'definition', 'characterReference'];
/** Of a single line, where `- 5` is a number and `# of cubes` a count. */
const NEVER_ON_ONE_LINE = ['list', 'headingAtx', 'blockQuote', 'thematicBreak'];

/** The parser's time grows with the square of these; texts beyond are shown as they are written. */
const LONGEST = 20_000;
const MOST_EMPHASIS = 1_000;
const TOO_DEEP = /^(?:[ \t]{0,4}(?:>|(?:[*+-]|\d{1,9}[.)])[ \t])){12}/m;

/** Stands in the place of what Markdown must not look into, sign for sign: offsets stay those of the text. */
export const MASK = '\uE000';

export interface Markdown {
  root: Root;
  /** The text that was parsed: that of the reply, with masks. */
  masked: string;
}

/**
 * A reply's text as a tree whose offsets are those of the text; formulas and boxes are text of `MASK`s in it. Null where
 * the text is too large, or made to take long.
 */
export function readMarkdown(text: string): Markdown | null {
  if (text.length > LONGEST || TOO_DEEP.test(text)) return null;
  if ((text.match(/[*_]/g)?.length ?? 0) > MOST_EMPHASIS) return null;
  const masked = piecesOf(text)
    .map(({ kind, text: piece }) =>
      kind === 'mathematics' || kind === 'box' ? MASK.repeat(piece.length) : piece,
    )
    .join('');
  const never = text.includes('\n') ? NEVER : [...NEVER, ...NEVER_ON_ONE_LINE];
  const root = fromMarkdown(masked, {
    extensions: [gfmTable(), { disable: { null: never } }],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  return { root, masked };
}
