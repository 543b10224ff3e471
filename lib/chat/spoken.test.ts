import { expect, test } from 'vitest';
import { spoken } from './spoken';

/** All that is said while a reply arrives piece by piece. */
function saidOf(pieces: readonly string[]): string[] {
  const said: string[] = [];
  let text = '';
  let upTo = 0;
  for (const [at, piece] of pieces.entries()) {
    text += piece;
    const next = spoken(text, upTo, at === pieces.length - 1);
    upTo = next.upTo;
    if (next.words !== '') said.push(next.words);
  }
  return said;
}

test('sentences are said whole, each once', () => {
  expect(saidOf(['There ', 'are 4.5 cubes. Th', 'ey are red.', ' All of ', 'them'])).toEqual([
    'There are 4.5 cubes.',
    'They are red.',
    'All of them',
  ]);
});

test('thinking is not said, nor a tag', () => {
  expect(saidOf(['<th', 'ink>One. Two. ', 'Three.</think>', '\n<ans', 'wer>3', '</answer>'])).toEqual(['3']);
});
