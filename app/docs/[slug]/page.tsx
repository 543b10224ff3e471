import '../docs.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { api } from '../../trpc/server';
import { DocumentView } from '../../ui/document-view';
import { JsonLd } from '../../ui/json-ld';
import { PageHeader } from '../../ui/page-header';

type Params = Promise<{ slug: string }>;

const readGuide = cache(async (slug: string) =>
  (await api()).guides.page({ slug: decodeURIComponent(slug) }),
);

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const guide = await readGuide((await params).slug);
  if (guide === null) return { title: 'No such guide' };
  const { title, lead } = guide.document;
  return { title, description: lead.slice(0, 200) };
}

export default async function GuidePage({ params }: { params: Params }) {
  const guide = await readGuide((await params).slug);
  if (guide === null) notFound();
  const { file, document } = guide;
  const { source } = await (await api()).site.about();
  const headings = document.sections.flatMap(({ heading }) => (heading?.depth === 2 ? heading : []));
  return (
    <>
      <PageHeader title={document.title} trail={<Link href="/docs">Docs</Link>} />
      <div className="docs-page">
        {headings.length < 2 ? null : (
          <nav className="docs-contents" aria-label="On this page">
            <ul>
              {headings.map(({ id, text }) => (
                <li key={id}>
                  <a href={`#${id}`}>{text}</a>
                </li>
              ))}
            </ul>
          </nav>
        )}
        <div>
          <DocumentView document={document} file={file} source={source} />
          <p className="docs-file">
            This is{' '}
            {source === null ? <code>{file}</code> : <a href={`${source}/blob/main/${file}`}>{file}</a>} of
            the repository.
          </p>
        </div>
      </div>
      <JsonLd data={{ '@type': 'TechArticle', headline: document.title, abstract: document.lead }} />
    </>
  );
}
