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
    upstream: { repository: string; commit: string; path: string };
  };
  /** The `ocean score …` line that reproduces it. */
  command?: string;
}) {
  const { repository, commit, path } = scorer.upstream;
  return (
    <div className="stack">
      <p>{scorer.rule}</p>
      <dl className="facts">
        <dt>Scorer</dt>
        <dd>
          {scorer.label} <code>{scorer.id}</code>
        </dd>
        <dt>Upstream</dt>
        <dd>
          <a href={`${repository}/blob/${commit}/${path}`}>
            {repository.replace('https://github.com/', '')}/{path}
          </a>{' '}
          at <code>{commit.slice(0, 8)}</code>
        </dd>
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
