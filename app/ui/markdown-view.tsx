import type { BlockContent, DefinitionContent, List, Node, Nodes, Table } from 'mdast';
import { Fragment, type ReactNode } from 'react';
import { MASK, type Markdown } from '@/lib/chat/markdown';
import type { TextSpan } from '@/lib/text-span';
import { ScrollCode, ScrollRegion } from './scrolls';
import { visible } from './visible';

/** Draws what the reply's text has between two offsets: words, formulas, boxes. */
export type DrawSpan = (span: TextSpan) => ReactNode;

/** Blocks and emphasis within one another; what is deeper stands as it is written. */
const MOST_DEPTH = 16;

/**
 * A reply's Markdown as elements. Nothing of the text becomes markup, is evaluated or fetched: a link leads to http(s)
 * or is the text that it is, a picture is a link.
 */
export function markdownElements({ root, masked }: Markdown, text: string, draw: DrawSpan): ReactNode {
  const source = (node: Node): ReactNode => draw(spanOf(node));

  function all(nodes: readonly Nodes[], depth: number): ReactNode {
    return nodes.map((node) => <Fragment key={spanOf(node)[0]}>{element(node, depth + 1)}</Fragment>);
  }

  function element(node: Nodes, depth: number): ReactNode {
    if (depth > MOST_DEPTH) return source(node);
    switch (node.type) {
      case 'paragraph':
        return <p>{all(node.children, depth)}</p>;
      case 'heading': {
        // Within an article whose heading is an h3.
        const Heading = node.depth === 1 ? 'h4' : node.depth === 2 ? 'h5' : 'h6';
        return <Heading>{all(node.children, depth)}</Heading>;
      }
      case 'blockquote':
        return <blockquote>{all(node.children, depth)}</blockquote>;
      case 'thematicBreak':
        return <hr />;
      case 'list':
        return list(node, depth);
      case 'table':
        return table(node, depth);
      case 'code':
        if (node.value.includes(MASK)) return source(node);
        return <ScrollCode>{visible(node.value)}</ScrollCode>;
      case 'inlineCode':
        return node.value.includes(MASK) ? source(node) : <code>{visible(node.value)}</code>;
      case 'break':
        return '\n';
      case 'emphasis':
      case 'strong': {
        const Tag = node.type === 'strong' ? 'strong' : 'em';
        const [start, end] = spanOf(node);
        // `2*3*4` is a product.
        if (isWordSign(text.charAt(start - 1)) && isWordSign(text.charAt(end))) return source(node);
        return <Tag>{all(node.children, depth)}</Tag>;
      }
      case 'link': {
        const href = webAddress(node.url);
        return href === null ? source(node) : <Link href={href}>{all(node.children, depth)}</Link>;
      }
      case 'image': {
        const href = webAddress(node.url);
        const words = node.alt || 'picture';
        return href === null || words.includes(MASK) ? (
          source(node)
        ) : (
          <Link href={href}>{visible(words)}</Link>
        );
      }
      case 'text': {
        const spans = spansOf(node.value, masked, spanOf(node));
        return spans === null
          ? source(node)
          : spans.map((span) => <Fragment key={span[0]}>{draw(span)}</Fragment>);
      }
      default:
        return source(node);
    }
  }

  function list({ ordered, start, spread, children }: List, depth: number): ReactNode {
    const items = children.map((item) => (
      <li key={spanOf(item)[0]}>
        {spread || item.spread ? all(item.children, depth) : tight(item.children, depth)}
      </li>
    ));
    return ordered ? <ol start={start ?? 1}>{items}</ol> : <ul>{items}</ul>;
  }

  /** A list's items that no blank lines set apart are no paragraphs. */
  const tight = (blocks: readonly (BlockContent | DefinitionContent)[], depth: number): ReactNode =>
    blocks.map((block) => (
      <Fragment key={spanOf(block)[0]}>
        {block.type === 'paragraph' ? all(block.children, depth) : element(block, depth + 1)}
      </Fragment>
    ));

  function table({ align, children: [head, ...rows] }: Table, depth: number): ReactNode {
    const cells = (row: Table['children'][number], Cell: 'th' | 'td') => (
      <tr key={spanOf(row)[0]}>
        {row.children.map((cell, column) => (
          <Cell
            key={spanOf(cell)[0]}
            scope={Cell === 'th' ? 'col' : undefined}
            style={{ textAlign: align?.[column] ?? undefined }}
          >
            {all(cell.children, depth)}
          </Cell>
        ))}
      </tr>
    );
    return (
      <ScrollRegion className="reply-table" label="Table">
        <table>
          {head === undefined ? null : <thead>{cells(head, 'th')}</thead>}
          <tbody>{rows.map((row) => cells(row, 'td'))}</tbody>
        </table>
      </ScrollRegion>
    );
  }

  return all(root.children, 0);
}

/** The address is seen before it is followed: a text may say another one. */
const Link = ({ href, children }: { href: string; children: ReactNode }) => (
  <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow ugc">
    {children}
  </a>
);

/** Null for all that is no address in the web. */
function webAddress(url: string): string | null {
  if (url.includes(MASK) || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}

const spanOf = ({ position }: Node): TextSpan => [position?.start.offset ?? 0, position?.end.offset ?? 0];

const isWordSign = (sign: string): boolean => /[\p{L}\p{N}]/u.test(sign);

/**
 * Where the signs of a node's value stand in the text: it lacks the backslashes of escapes and what begins the lines
 * within a list or a quotation. Null where they are not found.
 */
function spansOf(value: string, text: string, [start, end]: TextSpan): TextSpan[] | null {
  const spans: TextSpan[] = [];
  let from = start;
  let at = start;
  let found = 0;
  while (found < value.length) {
    if (at >= end) return null;
    if (text.charAt(at) === value.charAt(found)) {
      at++;
      found++;
      continue;
    }
    if (from < at) spans.push([from, at]);
    from = ++at;
  }
  if (from < at) spans.push([from, at]);
  return spans;
}
