import type { Choices } from '../types';
import type { Draft } from './draft';

type Follow = Pick<Draft, 'exported' | 'evals' | 'publish'>;

/** What is done with what the run makes: its export, evaluations of that, their publication. */
export function FollowField({
  follow: { exported, evals, publish },
  benchmarks,
  onChange,
}: {
  follow: Follow;
  benchmarks: Choices['benchmarks'];
  onChange: (next: Partial<Follow>) => void;
}) {
  const has = (benchmark: string, split: string) =>
    evals.some((each) => each.benchmark === benchmark && each.split === split);
  const toggle = (benchmark: string, split: string) => {
    const next = has(benchmark, split)
      ? evals.filter((each) => !(each.benchmark === benchmark && each.split === split))
      : [...evals, { benchmark, split }];
    onChange({ evals: next, exported: exported || next.length > 0 });
  };
  // Those that any box can make stand first.
  const sorted = benchmarks.toSorted((a, b) => Number(b.generated) - Number(a.generated));
  const group = (generated: boolean) => (
    <div className="new-checks">
      {sorted
        .filter((each) => each.generated === generated)
        .flatMap(({ id, name, splits }) =>
          splits.map((split) => (
            <label key={`${id} ${split.id}`} className="new-check">
              <input type="checkbox" checked={has(id, split.id)} onChange={() => toggle(id, split.id)} />
              <span>
                {name}
                {splits.length === 1 ? '' : `, ${split.label}`}
              </span>
            </label>
          )),
        )}
    </div>
  );
  const chosenElsewhere = evals.some(({ benchmark }) =>
    benchmarks.some(({ id, generated }) => id === benchmark && !generated),
  );
  return (
    <div className="stack">
      <label className="new-check">
        <input
          type="checkbox"
          checked={exported}
          onChange={(event) =>
            onChange(
              event.target.checked ? { exported: true } : { exported: false, evals: [], publish: false },
            )
          }
        />
        <span>
          Export for browsers <span className="text-muted">and prove it equal on 50 rows</span>
        </span>
      </label>
      <fieldset className="stack">
        <legend className="label">Evaluate what was exported on</legend>
        {group(true)}
        <details open={chosenElsewhere ? true : undefined}>
          <summary>Benchmarks that have to be installed on the box</summary>
          {group(false)}
        </details>
      </fieldset>
      <label className="new-check">
        <input
          type="checkbox"
          checked={publish}
          disabled={evals.length === 0}
          onChange={(event) => onChange({ publish: event.target.checked })}
        />
        <span>Publish what the evaluations come to, once they are scored</span>
      </label>
    </div>
  );
}
