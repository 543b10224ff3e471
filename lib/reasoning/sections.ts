/** What an output is made of, in order and without gaps. `text` is what lies outside tags: an introduction, blank lines. */
export interface Section {
  kind: 'thinking' | 'answer' | 'text';
  /** UTF-16 offsets of the contents, tags not included. */
  start: number;
  end: number;
  /** False where the output ended before the closing tag came. */
  closed: boolean;
}

const TAG = /<(think|answer)>|<\/(think|answer)>/g;

/**
 * Splits an output into its thinking, its answers and the rest, for showing; scorers have their own rules. A tag that
 * opens inside another section ends it, a section that never closes goes to the end, and closing tags without an
 * opening one close what came before: models whose template opens `<think>` for them write only `</think>`, so text
 * before a leading one is thinking. Whitespace-only text is left out. Linear in the output.
 */
export function sections(output: string): Section[] {
  const found: Section[] = [];
  let kind: Section['kind'] = 'text';
  let start = 0;
  const end = (at: number, as: Section['kind'], closed: boolean) => {
    if (as !== 'text' || output.slice(start, at).trim() !== '')
      found.push({ kind: as, start, end: at, closed });
  };
  for (const tag of output.matchAll(TAG)) {
    const [whole, opens, closes] = tag;
    const leading = kind === 'text' && closes === 'think' && found.length === 0;
    const closesIt =
      (closes === 'think' && kind === 'thinking') || (closes === 'answer' && kind === 'answer');
    if (opens === undefined && !closesIt && !leading && kind !== 'text') continue;
    end(tag.index, leading ? 'thinking' : kind, kind === 'text' || closesIt);
    kind = opens === undefined ? 'text' : opens === 'think' ? 'thinking' : 'answer';
    start = tag.index + whole.length;
  }
  end(output.length, kind, kind === 'text');
  return found;
}
