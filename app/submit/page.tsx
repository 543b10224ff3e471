import type { Metadata } from 'next';
import Link from 'next/link';
import { MAX_FILE_BYTES } from '@/lib/predictions/limits';
import { TrpcProvider } from '../trpc/client';
import { api } from '../trpc/server';
import { PageHeader } from '../ui/page-header';
import { oceanHere } from '../ui/site-address';
import { Formats } from './formats';
import { SubmitFlow } from './submit-flow';
import './submit.css';

export const metadata: Metadata = {
  title: 'Submit predictions',
  description:
    'Hand in the predictions of your own model and see every verdict with its reason, before anything is published.',
};

export default async function SubmitPage() {
  const caller = await api();
  const [session, benchmarks, models] = await Promise.all([
    caller.submissions.session(),
    caller.submissions.benchmarks(),
    caller.submissions.models(),
  ]);
  return (
    <div className="submit-page">
      <PageHeader title="Submit predictions">
        A file with your model’s outputs is scored here, sample by sample, by the rule that made the published
        table. You see every verdict before anything is published on the{' '}
        <Link href="/leaderboard">leaderboard</Link>.
      </PageHeader>
      <TrpcProvider>
        <SubmitFlow
          session={session}
          benchmarks={benchmarks}
          models={models}
          maxBytes={MAX_FILE_BYTES}
          formats={<Formats />}
          ocean={await oceanHere()}
        />
      </TrpcProvider>
    </div>
  );
}
