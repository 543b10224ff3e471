import '../models.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { REPORTED } from '@/lib/benchmarks/reported';
import { readDocument } from '@/lib/documents/document';
import type { ModelPage } from '@/server/models';
import { api } from '../../trpc/server';
import { DocumentView } from '../../ui/document-view';
import { formatSize } from '../../ui/format';
import { JsonLd } from '../../ui/json-ld';
import { PageHeader } from '../../ui/page-header';
import { visible } from '../../ui/visible';
import { Figures } from '../figures';
import { Lineage } from '../lineage';
import { ModelFacts } from '../model-facts';

type Params = Promise<{ slug: string }>;

/** Asked by the page and by its title, fetched once. */
const readModel = cache(async (slug: string) =>
  (await api()).models.page({ slug: decodeURIComponent(slug) }),
);

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const model = await readModel((await params).slug);
  return model === null
    ? { title: 'No such model' }
    : { title: visible(model.name), description: descriptionOf(model) };
}

/** For whoever has only the link: what it is, and what stands on its page. */
function descriptionOf({ name, family, parametersB, line }: ModelPage): string {
  const first = line[0];
  const from =
    first === undefined || first.modelName === name ? '' : `, trained from ${visible(first.modelName)}`;
  return `${visible(name)} (${visible(family)}, ${formatSize(parametersB)} parameters${from}): its lineage, figures with intervals, files, and how to serve it.`;
}

export default async function ModelScreen({ params }: { params: Params }) {
  const model = await readModel((await params).slug);
  if (model === null) notFound();
  const { leaderboard, site } = await api();
  const [board, { source }] = await Promise.all([leaderboard.board(), site.about()]);
  const { slug, name, link, line, card } = model;
  const talks = line.some((each) => each.modelSlug === slug && each.browserModel !== null);
  return (
    <>
      <PageHeader
        title={<span dir="auto">{visible(name)}</span>}
        trail={<Link href="/models">Models</Link>}
        actions={
          <>
            {talks ? (
              <Link href="/chat" prefetch={false} className="button button-primary">
                Talk to it
              </Link>
            ) : null}
            {line.length < 2 ? null : (
              <Link href={`/compare?model=${encodeURIComponent(slug)}`} prefetch={false} className="button">
                Compare its stages
              </Link>
            )}
            {link === null ? null : (
              <a href={link} className="button" rel="noreferrer nofollow ugc">
                Weights
              </a>
            )}
          </>
        }
      />
      <div className="model">
        <div className="model-main">
          <Lineage model={model} />
          <Figures model={model} board={board} />
          {REPORTED.some(({ id, stage }) => id === slug && stage === 'stage2') ? (
            <p>
              Three of its outputs, as its authors show them without saying whether of 3B or of 7B, stand
              whole{' '}
              <Link href="/findings/aha" prefetch={false}>
                among the findings
              </Link>
              .
            </p>
          ) : null}
          {card === null ? null : (
            <section aria-label="Model card">
              <DocumentView document={readDocument(card)} file="nano/MODEL_CARD.md" source={source} />
            </section>
          )}
        </div>
        <ModelFacts model={model} />
      </div>
      <JsonLd
        data={{
          '@type': 'SoftwareApplication',
          name,
          applicationCategory: 'Vision-language model',
          description: descriptionOf(model),
          ...(link === null ? {} : { sameAs: link }),
        }}
      />
    </>
  );
}
