import '../training.css';
import './new.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { TASKS } from '@/lib/world/question';
import { paramsOf } from '../../samples/samples-url';
import { api, orNull } from '../../trpc/server';
import { PageHeader } from '../../ui/page-header';
import { EmptyState } from '../../ui/state';
import { NewRun } from './new-run';

export const metadata: Metadata = { title: 'New run', robots: { index: false } };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function NewRunScreen({ searchParams }: { searchParams: Query }) {
  const params = paramsOf(await searchParams);
  const fork = params.get('fork');
  const { training } = await api();
  const [choices, forked] = await Promise.all([
    orNull(training.choices()),
    fork === null ? null : orNull(training.forkOf({ id: fork })),
  ]);
  return (
    <div className="training">
      <PageHeader title="New run" trail={<Link href="/training">Training</Link>}>
        A recipe, what it begins with and what follows. What is wrong is said here, before a box has it.
      </PageHeader>
      {choices === null ? (
        <EmptyState title="Runs are started by the team">
          <p>
            Whoever holds the write token can <Link href="/submit">sign in</Link> and start one.
          </p>
        </EmptyState>
      ) : (
        <NewRun choices={choices} tasks={TASKS} forked={forked} recipe={params.get('recipe')} />
      )}
    </div>
  );
}
