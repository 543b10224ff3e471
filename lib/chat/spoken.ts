import { sections } from '@/lib/reasoning/sections';

/**
 * What of a growing reply can be said by a screen reader: whole sentences outside the thinking. A list or a number
 * without a full stop waits for its line's end, or for the reply's.
 *
 * @param from how much of the spoken text was said before, as `upTo` told.
 */
export function spoken(text: string, from: number, ended: boolean): { words: string; upTo: number } {
  const heard = sections(text)
    .filter(({ kind }) => kind !== 'thinking')
    .map(({ start, end }) => text.slice(start, end).trim())
    .join('\n')
    // A tag that has begun to arrive is no word.
    .replace(/<[/a-z]{0,8}$/, '');
  const rest = heard.slice(from);
  const cut = ended ? rest.length : lastEnd(rest);
  return { words: rest.slice(0, cut).trim(), upTo: from + cut };
}

/** Where the last whole sentence of a text ends; 0 where none does. */
function lastEnd(text: string): number {
  let end = 0;
  for (const { index, 0: mark } of text.matchAll(/[.!?](?=\s)|\n/g)) end = index + mark.length;
  return end;
}
