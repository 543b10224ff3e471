import './findings.css';
import Link from 'next/link';
import type { ReactNode } from 'react';
import words from '@/lib/findings/seed-words.json';
import { SEED_REPOSITORY } from '@/lib/scoring/upstream';
import { FINDINGS, type FindingId } from '../figures/pieces';
import { PageHeader } from '../ui/page-header';

/** A finding as it is read: the claim in its authors' words, then what the page has to say. */
export function Finding({ id, lead, children }: { id: FindingId; lead: ReactNode; children: ReactNode }) {
  const place = FINDINGS.findIndex((each) => each.id === id);
  const [before, own, after] = [FINDINGS[place - 1], FINDINGS[place], FINDINGS[place + 1]];
  return (
    <article className="finding">
      <PageHeader title={own?.title} trail={<Link href="/findings">Findings</Link>}>
        <p>{lead}</p>
      </PageHeader>
      <section aria-labelledby="claim">
        <h2 id="claim">The claim</h2>
        <blockquote cite={SEED_REPOSITORY}>
          <p>{words.claims[id]}</p>
          <footer>
            <a href={SEED_REPOSITORY}>README of Ocean-R1</a>, as it stands there
          </footer>
        </blockquote>
      </section>
      {children}
      <nav className="finding-next" aria-label="Findings">
        {before === undefined ? <span /> : <Link href={`/findings/${before.id}`}>← {before.title}</Link>}
        {after === undefined ? null : <Link href={`/findings/${after.id}`}>{after.title} →</Link>}
      </nav>
    </article>
  );
}

export function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** What speaks against the claim stands as plainly as the claim. */
export function Against({ children }: { children: ReactNode }) {
  return (
    <section aria-labelledby="against" className="finding-against">
      <h2 id="against">What speaks against it</h2>
      {children}
    </section>
  );
}
