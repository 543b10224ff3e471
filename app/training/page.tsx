import './training.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { paramsOf } from '../samples/samples-url';
import { api, orNull } from '../trpc/server';
import { PageHeader } from '../ui/page-header';
import { AgentsPanel } from './agents-panel';
import { JobList } from './job-list';
import { LIST_PAGE, listFilter, readListView } from './list-url';

export const metadata: Metadata = {
  title: 'Training',
  description:
    'Trainings of vision-language models by reinforcement learning, watched live: curves, and every response that was rewarded, with its picture.',
};

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function TrainingScreen({ searchParams }: { searchParams: Query }) {
  const view = readListView(paramsOf(await searchParams));
  const { training } = await api();
  const [jobs, agents] = await Promise.all([
    training.list({ ...listFilter(view), limit: LIST_PAGE }),
    // Null for visitors.
    orNull(training.agents()),
  ]);
  return (
    <div className="training">
      <PageHeader
        title="Training"
        actions={
          agents === null ? undefined : (
            <Link href="/training/new" className="button button-primary">
              New run
            </Link>
          )
        }
      >
        Runs of the recipe and what they measured, with every response that was rewarded. Public ones are here
        for everybody; drafts are for the team.
      </PageHeader>
      <JobList first={{ view, jobs }} isTeam={agents !== null} />
      {agents === null ? null : <AgentsPanel first={agents} />}
    </div>
  );
}
