import { isPhrase, REFLECTION } from '@/lib/reasoning/reflection';
import type { Phrases } from '../../figures/read-findings';

/** A reader's own list: one phrase a line, a field a category. It lives in the address. */

/** So many of a category are looked for. */
const MOST = 60;

export interface OwnPhrases {
  phrases: Phrases;
  /** Whether it is another list than the published one. */
  edited: boolean;
  /** Lines that are no phrases, and are passed over. */
  refused: readonly string[];
}

export function readPhrases(params: URLSearchParams): OwnPhrases {
  const refused: string[] = [];
  let edited = false;
  const phrases = Object.fromEntries(
    REFLECTION.map((category): [string, readonly string[]] => {
      const text = params.get(category.id);
      if (text === null) return [category.id, category.phrases];
      const lines = text
        .split('\n')
        .map((line) => line.trim().toLowerCase().replaceAll('...', '…').replace(/\s+/g, ' '))
        .filter((line) => line !== '');
      refused.push(...lines.filter((line) => !isPhrase(line)));
      const own = [...new Set(lines.filter(isPhrase))].slice(0, MOST);
      if (own.join('\n') !== category.phrases.join('\n')) edited = true;
      return [category.id, own];
    }),
  );
  return { phrases, edited, refused };
}
