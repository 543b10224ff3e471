import { notFound } from 'next/navigation';
import { formatInterval, formatPercent, formatTraining } from '../../ui/format';
import { CARD_SIZE, CARD_TYPE, shareCard } from '../../ui/share-card';
import { readRun } from '../read-run';
import { provenanceWords, stateWords } from '../run-words';

export const alt = 'A run: a model on a benchmark, with its figure';
export const size = CARD_SIZE;
export const contentType = CARD_TYPE;

export default async function RunCard({ params }: { params: Promise<{ id: string }> }) {
  const run = await readRun(decodeURIComponent((await params).id));
  if (run === null) notFound();
  const { model, benchmark, score, checkpoint } = run;
  return shareCard({
    kind: 'Run',
    title: `${model.name} on ${benchmark.name}`,
    figure:
      score === null
        ? undefined
        : {
            value: `${formatPercent(score.headline)} %`,
            beside: score.interval === null ? '' : formatInterval(score.interval),
          },
    lines: [formatTraining(checkpoint), stateWords(run), provenanceWords(run)].filter(
      (line) => line !== null,
    ),
  });
}
