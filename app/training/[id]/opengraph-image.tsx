import { notFound } from 'next/navigation';
import { api } from '../../trpc/server';
import { formatPercent } from '../../ui/format';
import { CARD_SIZE, CARD_TYPE, shareCard } from '../../ui/share-card';
import { KIND_WORDS, stepWords } from '../job-words';

export const alt = 'A training, and where it stands';
export const size = CARD_SIZE;
export const contentType = CARD_TYPE;

export default async function TrainingCard({ params }: { params: Promise<{ id: string }> }) {
  const job = await (await api()).training.page({ id: decodeURIComponent((await params).id) });
  if (job === null) notFound();
  return shareCard({
    kind: 'Training',
    title: job.name,
    figure:
      job.score === null
        ? undefined
        : { value: `${formatPercent(100 * job.score)} %`, beside: 'of the reward, at the last step' },
    lines: [`${KIND_WORDS[job.kind]}, ${job.state}`, stepWords(job)],
  });
}
