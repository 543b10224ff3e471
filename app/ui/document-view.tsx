import './document.css';
import type { Nodes, Parent, Table } from 'mdast';
import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import { type Document, targetOf, textOf } from '@/lib/documents/document';
import { Command } from './command';
import { DOCUMENT_PICTURES } from './document-pictures';
import { ScrollRegion } from './scrolls';

/** Files that are pages of this site. */
const PAGES: Readonly<Record<string, string>> = {
  'README.md': '/',
  'nano/MODEL_CARD.md': '/models/ocean-r1-nano',
  'trainer/README.md': '/docs/trainer',
};

/**
 * A file of the repository as a page shows it, below its title. Nothing of the text becomes markup.
 * @param file its path from the repository's root.
 * @param source the repository's address, to which links to files lead that are no pages; null: those are words.
 */
export function DocumentView({
  document: { root, sections },
  file,
  source,
}: {
  document: Document;
  file: string;
  source: string | null;
}) {
  const anchors = sections.flatMap(({ heading }) => heading ?? []);
  let headings = 0;
  let tables = 0;

  const all = ({ children }: Parent): ReactNode =>
    children.map((node) => <Fragment key={node.position?.start.offset ?? 0}>{element(node)}</Fragment>);

  function element(node: Nodes): ReactNode {
    switch (node.type) {
      case 'text':
        return node.value;
      case 'paragraph':
        return <p>{all(node)}</p>;
      case 'heading': {
        const Heading = node.depth === 2 ? 'h2' : node.depth === 3 ? 'h3' : 'h4';
        const anchor = anchors[headings++];
        return (
          <Heading id={anchor?.id}>
            {all(node)}{' '}
            <a className="document-anchor" href={`#${anchor?.id}`} aria-label={`Link to “${anchor?.text}”`}>
              #
            </a>
          </Heading>
        );
      }
      case 'emphasis':
        return <em>{all(node)}</em>;
      case 'strong':
        return <strong>{all(node)}</strong>;
      case 'inlineCode':
        return <code>{node.value}</code>;
      case 'code':
        return <Command>{node.value}</Command>;
      case 'blockquote':
        return <blockquote>{all(node)}</blockquote>;
      case 'list':
        return node.ordered ? <ol start={node.start ?? 1}>{all(node)}</ol> : <ul>{all(node)}</ul>;
      case 'listItem': {
        const [only] = node.children;
        return <li>{node.children.length === 1 && only?.type === 'paragraph' ? all(only) : all(node)}</li>;
      }
      case 'link':
        return link(node.url, all(node));
      case 'image':
        return picture(node.url, node.alt ?? '');
      case 'table':
        return table(node);
      case 'thematicBreak':
        return <hr />;
      case 'break':
        return <br />;
      default:
        return textOf(node);
    }
  }

  function link(url: string, children: ReactNode): ReactNode {
    const target = targetOf(url, file);
    if (target.kind === 'address')
      return /^(https?:|#|\/)/.test(target.url) ? <a href={target.url}>{children}</a> : children;
    const guide = target.path.match(/^docs\/([\w-]+)\.md$/)?.[1];
    const page = guide === undefined ? PAGES[target.path] : `/docs/${guide}`;
    if (page !== undefined)
      return (
        <Link href={`${page}${target.hash}`} prefetch={false}>
          {children}
        </Link>
      );
    return source === null ? children : <a href={`${source}/blob/main/${target.path}`}>{children}</a>;
  }

  function picture(url: string, alt: string): ReactNode {
    const target = targetOf(url, file);
    const found = target.kind === 'file' ? DOCUMENT_PICTURES[target.path] : undefined;
    if (found === undefined) return alt;
    const { src, width, height } = found;
    return (
      // biome-ignore lint/performance/noImgElement: shown in the size that it has
      <img className="document-picture" src={src} width={width} height={height} alt={alt} loading="lazy" />
    );
  }

  function table({ align, children: [head, ...rows] }: Table): ReactNode {
    const cells = (row: Table['children'][number], isHead: boolean) => (
      <tr key={row.position?.start.offset ?? 0}>
        {row.children.map((cell, column) => {
          // A table of facts has a head without words; what its rows are called stands first in them.
          const Cell = textOf(cell) === '' ? 'td' : isHead || column === 0 ? 'th' : 'td';
          return (
            <Cell
              key={cell.position?.start.offset ?? 0}
              scope={Cell === 'td' ? undefined : isHead ? 'col' : 'row'}
              style={{ textAlign: align?.[column] ?? undefined }}
            >
              {all(cell)}
            </Cell>
          );
        })}
      </tr>
    );
    const named = head?.children.some((cell) => textOf(cell) !== '') ?? false;
    return (
      <ScrollRegion className="table-scroll" label={`Table ${++tables}`}>
        <table className="data-table">
          {named && head !== undefined ? <thead>{cells(head, true)}</thead> : null}
          <tbody>{rows.map((row) => cells(row, false))}</tbody>
        </table>
      </ScrollRegion>
    );
  }

  return <div className="document">{all(root)}</div>;
}
