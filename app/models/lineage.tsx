import Link from 'next/link';
import type { ModelPage } from '@/server/models';
import { formatTraining } from '../ui/format';
import { visible } from '../ui/visible';

/** From what a model began with to its last checkpoint; beside each arrow the training that it stands for. */
export function Lineage({ model: { slug, line, trainedFrom } }: { model: ModelPage }) {
  return (
    <section aria-labelledby="lineage">
      <h2 id="lineage">Lineage</h2>
      <ol className="lineage">
        {line.map(({ checkpointId, parentId, modelSlug, modelName, training, ...of }) => (
          <li key={checkpointId}>
            {parentId === null && training === null ? null : (
              <p className="lineage-arrow">
                <span aria-hidden="true">↓</span>
                {training === null ? (
                  'its training is not here'
                ) : (
                  <Link href={`/training/${encodeURIComponent(training.id)}`} prefetch={false}>
                    {visible(training.name)}
                  </Link>
                )}
              </p>
            )}
            <p className="lineage-checkpoint">
              {modelSlug === slug ? (
                <strong dir="auto">{visible(modelName)}</strong>
              ) : (
                <Link href={`/models/${encodeURIComponent(modelSlug)}`} prefetch={false} dir="auto">
                  {visible(modelName)}
                </Link>
              )}{' '}
              <span>{formatTraining(of)}</span>
            </p>
          </li>
        ))}
      </ol>
      {trainedFrom.length === 0 ? null : (
        <p>
          Trained from it:{' '}
          {trainedFrom.map((child, place) => (
            <span key={child.slug}>
              {place === 0 ? '' : ', '}
              <Link href={`/models/${encodeURIComponent(child.slug)}`} prefetch={false}>
                {visible(child.name)}
              </Link>
            </span>
          ))}
        </p>
      )}
    </section>
  );
}
