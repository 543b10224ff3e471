import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GUIDES, guide, guides, searchGuides } from '.';

test('every file of docs is a guide', () => {
  const files = readdirSync('docs').filter((name) => name.endsWith('.md'));
  expect(
    Object.values(GUIDES)
      .filter((path) => path.startsWith('docs/'))
      .sort(),
  ).toEqual(files.map((name) => `docs/${name}`).sort());
});

test('each is read: title, lead and headings', async () => {
  for (const { slug, document } of await guides()) {
    expect(document.title, slug).not.toBe('');
    expect(document.lead.length, slug).toBeGreaterThan(20);
  }
  expect(await guide('toString')).toBeNull();
});

test('a search finds sections that have all words, headings first', async () => {
  const found = await searchGuides('vLLM serving');
  expect(found[0]).toMatchObject({ slug: 'serving', heading: { id: 'serving-ocean-r1-with-vllm' } });
  expect(found[0]?.excerpt.word.toLowerCase()).toBe('vllm');
  expect(await searchGuides('no-such-word-anywhere')).toEqual([]);
  expect(await searchGuides('  ')).toEqual([]);
});
