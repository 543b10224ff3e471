import type { Upstream } from '@/lib/scoring/scorer';
import { Command } from './command';

/** Which rule made a figure, where it stands upstream, and how to make the figure again. */
export function ScorerFacts({
  scorer,
  command,
}: {
  scorer: {
    id: string;
    label: string;
    rule: string;
    upstream: Upstream | null;
  };
  /** The `ocean score …` line that reproduces it. */
  command?: string;
}) {
  const { upstream } = scorer;
  return (
    <div className="stack">
      <p>{scorer.rule}</p>
      <dl className="facts">
        <dt>Scorer</dt>
        <dd>
          {scorer.label} <code>{scorer.id}</code>
        </dd>
        {upstream === null ? null : (
          <>
            <dt>Upstream</dt>
            <dd>
              <a href={`${upstream.repository}/blob/${upstream.commit}/${upstream.path}`}>
                {upstream.repository.replace('https://github.com/', '')}/{upstream.path}
              </a>{' '}
              at <code>{upstream.commit.slice(0, 8)}</code>
            </dd>
          </>
        )}
      </dl>
      {command === undefined ? null : (
        <div>
          <p className="label">Reproduce it</p>
          <Command>{command}</Command>
        </div>
      )}
    </div>
  );
}
