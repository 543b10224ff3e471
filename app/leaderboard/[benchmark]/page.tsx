import './benchmark.css';
import { TRPCError } from '@trpc/server';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import type { BenchmarkPage } from '@/server/evals/types';
import { api } from '../../trpc/server';
import { PageHeader } from '../../ui/page-header';
import { BenchmarkFacts } from './benchmark-facts';
import { BreakdownTables } from './breakdown-tables';
import { RunsTable } from './runs-table';

interface Props {
  params: Promise<{ benchmark: string }>;
}

/** Asked by the page and by its title, fetched once. */
const load = cache(async (id: string): Promise<BenchmarkPage> => {
  try {
    return await (await api()).leaderboard.benchmark({ id });
  } catch (error) {
    if (error instanceof TRPCError && error.code === 'NOT_FOUND') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, description } = await load((await params).benchmark);
  return { title: name, description };
}

export default async function BenchmarkScreen({ params }: Props) {
  const page = await load((await params).benchmark);
  return (
    <>
      <PageHeader
        title={page.name}
        trail={
          <>
            <Link href="/leaderboard">Leaderboard</Link> / {page.ability}
          </>
        }
      >
        <p>{page.description}</p>
      </PageHeader>
      <div className="benchmark">
        <div className="benchmark-figures">
          <RunsTable page={page} />
          <BreakdownTables page={page} />
        </div>
        <BenchmarkFacts page={page} />
      </div>
    </>
  );
}
