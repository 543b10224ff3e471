import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';

/** A Markdown file of this repository, to be shown as a page. Markup in it stays the text that it is. */

export interface Document {
  title: string;
  /** Its first paragraph as text. */
  lead: string;
  /** All below the title. */
  root: Root;
  /** What stands between two headings, each heading with the anchor that it has on the page; the first under the title. */
  sections: readonly Section[];
}

export interface Section {
  /** Null of what stands before the first heading. */
  heading: { text: string; id: string; depth: number } | null;
  text: string;
}

export function readDocument(markdown: string): Document {
  const { children } = fromMarkdown(markdown, {
    extensions: [gfmTable(), { disable: { null: ['htmlFlow', 'htmlText'] } }],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const [first, ...rest] = children;
  if (first?.type !== 'heading' || first.depth !== 1)
    throw new Error('A document begins with its title: a line "# …".');
  const sections: Section[] = [{ heading: null, text: '' }];
  const ids = new Set<string>();
  for (const node of rest) {
    if (node.type === 'heading') {
      const text = textOf(node);
      sections.push({ heading: { text, id: freshId(text, ids), depth: node.depth }, text: '' });
    } else {
      const last = sections.at(-1);
      if (last !== undefined) last.text = `${last.text} ${textOf(node)}`.trim();
    }
  }
  const lead = rest.find(({ type }) => type === 'paragraph');
  return {
    title: textOf(first),
    lead: lead === undefined ? '' : textOf(lead),
    root: { type: 'root', children: rest },
    sections,
  };
}

/** What a node says, in one line. */
export function textOf(node: Nodes): string {
  if ('value' in node) return oneLine(node.value);
  if (node.type === 'image') return node.alt ?? '';
  if (!('children' in node)) return ' ';
  const inline = ['paragraph', 'heading', 'strong', 'emphasis', 'link', 'tableCell'].includes(node.type);
  const texts = node.children.map(textOf);
  return inline ? texts.join('') : oneLine(texts.join(' '));
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** As GitHub makes anchors of headings, so that links into a file work in both places. */
function freshId(heading: string, taken: Set<string>): string {
  const plain = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
  let id = plain;
  for (let count = 1; taken.has(id); count++) id = `${plain}-${count}`;
  taken.add(id);
  return id;
}

/** Where a link of a file leads: to a path of the repository, or as it is written. */
export type Target = { kind: 'file'; path: string; hash: string } | { kind: 'address'; url: string };

/** @param from the file's own path, from the repository's root. */
export function targetOf(url: string, from: string): Target {
  if (/^([a-z][a-z0-9+.-]*:|#|\/)/i.test(url)) return { kind: 'address', url };
  const { pathname, hash } = new URL(url, `file:///${from}`);
  return { kind: 'file', path: decodeURIComponent(pathname.slice(1)), hash };
}
