import { notFound } from 'next/navigation';
import { api } from '../../trpc/server';
import { formatPercent, formatSize, formatTraining } from '../../ui/format';
import { CARD_SIZE, CARD_TYPE, shareCard } from '../../ui/share-card';

export const alt = 'A model: where it came from and what it scores';
export const size = CARD_SIZE;
export const contentType = CARD_TYPE;

export default async function ModelCard({ params }: { params: Promise<{ slug: string }> }) {
  const { models, leaderboard } = await api();
  const [model, board] = await Promise.all([
    models.page({ slug: decodeURIComponent((await params).slug) }),
    leaderboard.board(),
  ]);
  if (model === null) notFound();
  const last = board.rows.find(({ checkpointId }) => checkpointId === model.line.at(-1)?.checkpointId);
  const figures = board.columns.flatMap(({ benchmark, shortName }) => {
    const cell = last?.cells[benchmark];
    const shown = cell?.recomputed ?? cell?.reported;
    return shown == null ? [] : [`${shortName} ${formatPercent(shown.value)} %`];
  });
  return shareCard({
    kind: 'Model',
    title: model.name,
    lines: [
      `${model.family}, ${formatSize(model.parametersB)} parameters`,
      model.line
        .map(({ modelSlug, modelName, ...of }) =>
          [modelSlug === model.slug ? null : modelName, formatTraining(of)].filter(Boolean).join(' '),
        )
        .join(' → '),
      figures.join(' · '),
    ].filter((line) => line !== ''),
  });
}
