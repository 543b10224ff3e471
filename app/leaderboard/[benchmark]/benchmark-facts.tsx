import Link from 'next/link';
import { installLine, scoreLines } from '@/lib/benchmarks/command-lines';
import type { BenchmarkPage } from '@/server/evals/types';
import { api } from '../../trpc/server';
import { Command } from '../../ui/command';
import { formatCount, formatDate } from '../../ui/format';
import { ScorerFacts } from '../../ui/scorer-facts';
import { oceanHere } from '../../ui/site-address';
import { InstallHere } from './install-here';

/** What the benchmark is and how its figures are made. */
export async function BenchmarkFacts({ page }: { page: BenchmarkPage }) {
  const [OCEAN, { mayWrite }] = await Promise.all([oceanHere(), (await api()).submissions.session()]);
  return (
    <aside className="benchmark-facts" aria-label={`About ${page.name}`}>
      <section>
        <h2>{page.scorers.length > 1 ? 'Rules' : 'Rule'}</h2>
        {page.scorers.map((scorer) => (
          <ScorerFacts key={scorer.id} scorer={scorer} command={scoreCommand(OCEAN, page, scorer.id)} />
        ))}
      </section>
      {page.caveats.length === 0 ? null : (
        <section>
          <h2>What to know</h2>
          <ul className="caveats">
            {page.caveats.map((caveat) => (
              <li key={caveat}>{caveat}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>Data</h2>
        <p>{missingWords(page)}</p>
        <ul className="splits">
          {page.splits.map(({ id, label, sampleCount, kind, installed }) => (
            <li key={id}>
              <p>
                <strong>{label}</strong> <code>{id}</code>
                <span className="split-count">{formatCount(sampleCount)} samples</span>
              </p>
              {installed === null ? (
                <p className="text-muted">
                  <Box filled={false} />{' '}
                  {kind === 'generated' ? 'generated when first asked for' : 'not installed on this server'}
                </p>
              ) : (
                <p className="text-muted">
                  <Box filled /> {kind === 'generated' ? 'generated' : 'installed'} on{' '}
                  {formatDate(installed.installedAt)} from {installed.source}, sha256{' '}
                  <code title={installed.sha256}>{installed.sha256.slice(0, 12)}…</code>
                </p>
              )}
              {mayWrite && installed === null && kind === 'published' ? (
                <InstallHere benchmark={page.id} split={id} />
              ) : null}
            </li>
          ))}
        </ul>
        {page.splits.some(({ kind }) => kind === 'generated') ? (
          <div className="stack">
            <p className="label">Get the questions and pictures</p>
            <Command>{`${OCEAN} benchmarks samples ${page.id} --split ${page.splits[0]?.id} --images pictures > samples.jsonl`}</Command>
          </div>
        ) : (
          <div className="stack">
            <p className="label">Get it, pictures included</p>
            {page.splits.map((split) => (
              <Command key={split.id}>
                {installLine(OCEAN, { benchmark: page.id, split: split.id }) ?? ''}
              </Command>
            ))}
            <p className="text-muted">
              Each line fetches the annotations from where they are published and takes them by their known
              hash; <code>pictures</code> is the folder into which you unpacked the pictures from the sources
              below. Without <code>--images pictures</code> all is scored the same, and samples are shown
              without their pictures and boxes. More: <Link href="/docs/running">running a server</Link>.
            </p>
          </div>
        )}
      </section>
      <section>
        <h2>{page.prompts.length > 1 ? 'Prompts' : 'Prompt'}</h2>
        {page.prompts.map(({ id, label, template }) => (
          <details key={id} className="prompt">
            <summary>{label}</summary>
            <pre className="command">{template}</pre>
          </details>
        ))}
        {page.maxNewTokens === null ? null : (
          <p className="text-muted">
            Answered greedily, with at most {formatCount(page.maxNewTokens)} new tokens, in the published
            evaluation.
          </p>
        )}
      </section>
      <section>
        <h2>Licence and sources</h2>
        <p>{page.licence}</p>
        <ul className="leading-6">
          {page.sources.map(({ label, url }) => (
            <li key={url}>
              <a href={url} rel="noreferrer">
                {label}
              </a>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}

/** What this server can do with the benchmark as it stands, and what it cannot. */
function missingWords({ splits }: BenchmarkPage): string {
  const absent = splits.filter(({ installed }) => installed === null);
  if (absent.length === 0) return 'All of it is here: predictions are scored, and samples shown.';
  const all = absent.length === splits.length;
  if (absent.some(({ kind }) => kind === 'generated')) return 'It follows from seeds, and needs no download.';
  return `${all ? 'Its annotations are not on this server' : `The annotations of ${absent.map(({ id }) => id).join(', ')} are not on this server`}: figures that their authors report stand here, but predictions cannot be scored and no sample be shown until they are installed.`;
}

function Box({ filled }: { filled: boolean }) {
  return (
    <svg className="split-box" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      <rect x="1" y="1" width="8" height="8" rx="1.5" />
      {filled ? <path d="m2.8 5.2 1.6 1.6 2.9-3.4" /> : null}
    </svg>
  );
}

const scoreCommand = (OCEAN: string, page: BenchmarkPage, scorer: string): string =>
  scoreLines(OCEAN, {
    file: 'predictions.jsonl',
    benchmark: page.id,
    split: page.splits.length > 1 ? (page.splits[0]?.id ?? null) : null,
    scorer: page.scorers.length > 1 ? scorer : null,
  });
