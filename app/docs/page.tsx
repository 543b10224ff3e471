import './docs.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { paramsOf } from '../samples/samples-url';
import { api } from '../trpc/server';
import { PageHeader } from '../ui/page-header';
import { EmptyState } from '../ui/state';

export const metadata: Metadata = {
  title: 'Docs',
  description:
    'Guides to Ocean-R1: running a server, handing in and scoring predictions, comparing, training, serving, and Ocean World.',
};

type Query = Promise<Record<string, string | string[] | undefined>>;

/** The guides, and what is found in them; without a script. */
export default async function DocsPage({ searchParams }: { searchParams: Query }) {
  const text = (paramsOf(await searchParams).get('q') ?? '').slice(0, 200);
  const { guides } = await api();
  return (
    <>
      <PageHeader title="Docs">
        <p>
          How to run this site, hand in predictions, train and serve. They are files of the repository, shown
          as they are.
        </p>
      </PageHeader>
      <search>
        <form className="docs-search" action="/docs">
          <label htmlFor="docs-q" className="label">
            Search the guides
          </label>
          <input id="docs-q" className="field" type="search" name="q" defaultValue={text} maxLength={200} />
          <button type="submit" className="button">
            Search
          </button>
        </form>
      </search>
      {text.trim() === '' ? <Guides guides={await guides.list()} /> : <Results text={text} />}
    </>
  );
}

function Guides({ guides }: { guides: readonly { slug: string; title: string; lead: string }[] }) {
  return (
    <ul className="docs-list">
      {guides.map(({ slug, title, lead }) => (
        <li key={slug}>
          <h2>
            <Link href={`/docs/${slug}`} prefetch={false}>
              {title}
            </Link>
          </h2>
          <p>{lead}</p>
        </li>
      ))}
    </ul>
  );
}

async function Results({ text }: { text: string }) {
  const found = await (await api()).guides.search({ text });
  if (found.length === 0)
    return (
      <EmptyState title={`No guide has all of “${text}”`}>
        <p>
          Try fewer words, or <Link href="/docs">see all guides</Link>.
        </p>
      </EmptyState>
    );
  return (
    <ol className="docs-found" aria-label={`Found for “${text}”`}>
      {found.map(({ slug, title, heading, excerpt: { before, word, after } }) => (
        <li key={`${slug}#${heading?.id}`}>
          <Link href={`/docs/${slug}${heading === null ? '' : `#${heading.id}`}`} prefetch={false}>
            {heading === null ? title : `${title}: ${heading.text}`}
          </Link>
          <p>
            {before}
            <mark>{word}</mark>
            {after}
          </p>
        </li>
      ))}
    </ol>
  );
}
