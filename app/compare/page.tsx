import './compare.css';
import '../samples/samples.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { answersOf, headingOf, methodWords } from '@/lib/compare/comparison-report';
import { paramsOf } from '../samples/samples-url';
import { api } from '../trpc/server';
import { PageHeader } from '../ui/page-header';
import { EmptyState } from '../ui/state';
import { Answer } from './answer';
import { Behaviour } from './behaviour';
import { BenchmarksTable } from './benchmarks-table';
import { Chooser } from './chooser';
import { addressQuery, type CompareAddress, readAddress, readList } from './compare-url';
import { ComparedSamples } from './compared-samples';
import { FilterLinks } from './filter-links';
import { readComparison } from './read-comparison';
import { readFirst } from './read-first';
import { RunsTable } from './runs-table';
import { sidesOf } from './sides';
import { type TagRows, tagRowsOf } from './tag-rows';
import { TagTable } from './tag-table';
import { Transitions } from './transitions';

type Query = Promise<Record<string, string | string[] | undefined>>;

const DESCRIPTION =
  'Which checkpoint is better, at what, and can it be known: runs over the same samples, with paired intervals, what was fixed and what was broken.';

/** A comparison is called by what is compared, and its card has its answer. */
export async function generateMetadata({ searchParams }: { searchParams: Query }): Promise<Metadata> {
  const address = readAddress(paramsOf(await searchParams));
  const comparison = await readComparison(address);
  const set = comparison?.open ?? null;
  const robots = { index: false };
  if (comparison === null || set === null) return { title: 'Compare', description: DESCRIPTION, robots };
  return {
    title: `${titleOf(comparison.runs.map(({ model }) => model))} compared on ${set.benchmark.name}`,
    description: answersOf(set)[0] ?? DESCRIPTION,
    robots,
    alternates: { canonical: `/compare${addressQuery(address)}` },
    openGraph: { images: `/compare/card${addressQuery(address)}` },
  };
}

export default async function ComparePage({ searchParams }: { searchParams: Query }) {
  const params = paramsOf(await searchParams);
  const address = readAddress(params);
  const comparison = await readComparison(address);
  if (comparison === null) return <Choosing address={address} />;
  const { open, sets, leftOut, runs } = comparison;
  const all = open === null ? [] : sidesOf(comparison, open);
  /** Those whose samples are compared. */
  const sides = all.slice(0, open?.comparison?.names.length ?? 0);
  const outcomes = (open?.places ?? []).flatMap((place) => runs[place]?.outcomes ?? []);
  const tagRows = open?.comparison ? tagRowsOf(open.comparison, open.breakdowns) : [];
  const view = readList(params);
  const hasSamples = open !== null && open.comparison !== null;
  return (
    <div className="compare">
      <PageHeader
        title={
          all.length === 0 ? (
            'Nothing can be compared'
          ) : (
            <>
              <bdi>{titleOf(comparison.runs.map(({ model }) => model))}</bdi> compared
            </>
          )
        }
        actions={
          sets.length === 0 ? null : (
            <p className="compare-files">
              As{' '}
              {(['csv', 'json', 'markdown'] as const).map((format, i) => (
                <span key={format}>
                  {i === 0 ? '' : i === 2 ? ' or ' : ', '}
                  <a href={`/compare/export${addressQuery(address)}&format=${format}`} download>
                    {FORMATS[format]}
                  </a>
                </span>
              ))}
            </p>
          )
        }
      >
        {open === null ? null : <p>{headingOf(open)}</p>}
      </PageHeader>
      {leftOut.length === 0 ? null : (
        <ul className="compare-left-out" aria-label="Not compared">
          {leftOut.map((sentence) => (
            <li key={sentence} dir="auto">
              {sentence}
            </li>
          ))}
        </ul>
      )}
      {open === null ? null : (
        <Answer address={address} set={open} sides={all} baselineId={runs[open.baseline]?.id ?? ''} />
      )}
      <details className="compare-choose" open={open === null}>
        <summary>Change what is compared</summary>
        <Chooser
          choices={await (await api()).runs.compareChoices()}
          chosen={[...address.checkpoints, ...runs.map(({ checkpointId }) => checkpointId)]}
        />
      </details>
      {sets.length < 2 || open === null ? null : (
        <BenchmarksTable address={address} sets={sets} open={open} />
      )}
      {!hasSamples ? (
        open === null ? null : (
          <EmptyState title="No samples stand behind these figures">
            <p>
              Reported figures are compared as figures. What became of each sample can be seen where two runs
              have predictions; whoever has them can <Link href="/submit">hand them in</Link>.
            </p>
          </EmptyState>
        )
      ) : (
        <FilterLinks>
          <RunsTable address={address} set={open} sides={sides} />
          <Transitions address={address} comparison={open.comparison} sides={sides} />
          {tagRows.map((rows, place) => (
            <TagTable
              key={`${sides.map(({ id }) => id).join(' ')} ${rows.tag}`}
              address={address}
              of={rows}
              sides={sides}
              baseline={open.comparison?.baseline ?? 0}
              opened={place === 0}
            />
          ))}
          <Behaviour
            key={sides.map(({ id }) => id).join(' ')}
            sides={sides}
            baseline={open.comparison?.baseline ?? 0}
          />
        </FilterLinks>
      )}
      {!hasSamples ? null : (
        <section id="samples" tabIndex={-1} aria-labelledby="samples-heading" className="run-samples">
          <h2 id="samples-heading">Samples side by side</h2>
          <ComparedSamples
            key={sides.map(({ id }) => id).join(' ')}
            address={address}
            sides={sides}
            baseline={open.comparison?.baseline ?? 0}
            total={open.comparison?.all.total ?? 0}
            breakdowns={tagRows.map(tagChoices)}
            first={await readFirst(sides, outcomes, view, address)}
          />
        </section>
      )}
      {sets.length === 0 ? null : (
        <p className="compare-method text-muted">
          {methodWords(sets)} How they are made, and how they were checked: <code>docs/comparing.md</code>.
        </p>
      )}
    </div>
  );
}

const FORMATS = { csv: 'CSV', json: 'JSON', markdown: 'Markdown' } as const;

const titleOf = (models: readonly string[]): string => [...new Set(models)].join(', ');

/** The values of a tag, with their counts, to be filtered by. */
function tagChoices({ tag, label, rows }: TagRows) {
  const order = new Intl.Collator('en', { numeric: true });
  const values = rows.map(({ value, total }) => ({ value, count: total }));
  return { tag, label, values: values.sort((a, b) => order.compare(a.value, b.value)) };
}

async function Choosing({ address }: { address: CompareAddress }) {
  const choices = await (await api()).runs.compareChoices();
  return (
    <div className="compare">
      <PageHeader title="Compare">
        <p>
          Which checkpoint is better, at what, and can it be known: two to four of them over the same samples,
          with what was fixed and what was broken.
        </p>
      </PageHeader>
      {address.model === null ? null : (
        <p className="compare-left-out">There is no model “{address.model}” here with checkpoints.</p>
      )}
      {choices.length < 2 ? (
        <EmptyState title="There is nothing to compare yet">
          <p>
            Two checkpoints with a published figure are needed.{' '}
            <Link href="/submit">Hand in predictions</Link>.
          </p>
        </EmptyState>
      ) : (
        <Chooser choices={choices} chosen={[]} />
      )}
    </div>
  );
}
