import { notFound } from 'next/navigation';
import { api, orNull } from '../../trpc/server';
import { formatInterval, formatPercent, formatTraining } from '../../ui/format';
import { CARD_SIZE, CARD_TYPE, shareCard } from '../../ui/share-card';

export const alt = 'A benchmark, and the best figure on it';
export const size = CARD_SIZE;
export const contentType = CARD_TYPE;

export default async function BenchmarkCard({ params }: { params: Promise<{ benchmark: string }> }) {
  const { leaderboard } = await api();
  const page = await orNull(leaderboard.benchmark({ id: (await params).benchmark }));
  if (page === null) notFound();
  const best = page.runs[0];
  return shareCard({
    kind: 'Leaderboard',
    title: page.name,
    figure:
      best === undefined
        ? undefined
        : {
            value: `${formatPercent(best.headline)} %`,
            beside: best.interval === null ? '' : formatInterval(best.interval),
          },
    lines: [
      ...(best === undefined
        ? []
        : [[best.modelName, formatTraining({ stage: best.stage, step: null })].filter(Boolean).join(', ')]),
      page.description,
    ],
  });
}
