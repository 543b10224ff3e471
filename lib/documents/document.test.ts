import { expect, test } from 'vitest';
import { readDocument, targetOf } from './document';

const TEXT = `# A guide

What it is, with \`code\` and a
[link](other.md).

## How to *do* it: 2 ways

Like <b>this</b>.

\`\`\`
./ocean --help
\`\`\`

## How to do it: 2 ways

| a   | b   |
| --- | --- |
| one | two |
`;

test('a file is a title, a lead, and sections by their anchors', () => {
  const { title, lead, sections } = readDocument(TEXT);
  expect(title).toBe('A guide');
  expect(lead).toBe('What it is, with code and a link.');
  expect(sections).toEqual([
    { heading: null, text: 'What it is, with code and a link.' },
    {
      heading: { text: 'How to do it: 2 ways', id: 'how-to-do-it-2-ways', depth: 2 },
      text: 'Like <b>this</b>. ./ocean --help',
    },
    { heading: { text: 'How to do it: 2 ways', id: 'how-to-do-it-2-ways-1', depth: 2 }, text: 'a b one two' },
  ]);
});

test('markup is text', () => {
  const { root } = readDocument('# T\n\n<script>alert(1)</script>\n\nA <img src=x onerror=y> b\n');
  expect(JSON.stringify(root)).not.toContain('"html"');
});

test('a file without a title is refused', () => {
  expect(() => readDocument('Words alone')).toThrow('begins with its title');
});

test('links between files are paths of the repository; others stay', () => {
  expect(targetOf('../trainer/nano.sh', 'nano/MODEL_CARD.md')).toEqual({
    kind: 'file',
    path: 'trainer/nano.sh',
    hash: '',
  });
  expect(targetOf('world.md#columns', 'docs/house.md')).toEqual({
    kind: 'file',
    path: 'docs/world.md',
    hash: '#columns',
  });
  for (const url of ['https://a.example/x', '#here', 'javascript:alert(1)'])
    expect(targetOf(url, 'docs/house.md')).toEqual({ kind: 'address', url });
});
