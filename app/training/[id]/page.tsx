import '../training.css';
import '../../samples/samples.css';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { paramsOf } from '../../samples/samples-url';
import { api } from '../../trpc/server';
import { ADVICE_STEPS, adviceMetrics } from '../advice';
import { CURVE_POINTS, firstMetrics } from '../curve-data';
import { JobScreen } from '../job-screen';
import { readJobView } from '../job-url';

type Params = Promise<{ id: string }>;
type Query = Promise<Record<string, string | string[] | undefined>>;

const readJob = cache(async (id: string) => (await api()).training.page({ id }));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const job = await readJob(decodeURIComponent((await params).id));
  return job === null
    ? { title: 'No such job' }
    : { title: job.name, robots: { index: job.public }, description: job.note.slice(0, 200) };
}

export default async function JobPageScreen({
  params,
  searchParams,
}: {
  params: Params;
  searchParams: Query;
}) {
  const id = decodeURIComponent((await params).id);
  const [job, query] = await Promise.all([readJob(id), searchParams]);
  if (job === null) notFound();
  const view = readJobView(paramsOf(query));
  const { training } = await api();
  const names = view.metrics ?? firstMetrics(job.metrics);
  const [curves, advice, config, rollouts] = await Promise.all([
    training.curves({ id, names: [...names], points: CURVE_POINTS, ...view.zoom }),
    training.curves({
      id,
      names: adviceMetrics(job.metrics),
      from: Math.max(0, job.step - ADVICE_STEPS),
      points: ADVICE_STEPS + 1,
    }),
    training.config({ id }),
    view.step === null
      ? null
      : training.rollouts({ id, step: view.step, filter: view.filter, order: view.order }),
  ]);
  return <JobScreen first={{ job, curves, names, zoom: view.zoom, advice, config, rollouts, view }} />;
}
