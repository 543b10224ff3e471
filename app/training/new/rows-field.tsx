import type { WorldRows } from '@/lib/training/protocol';
import { visible } from '../../ui/visible';
import { type DraftProblem, freshRows } from './draft';

const NUMBERS = [
  ['count', 'Rows'],
  ['seed', 'Seed'],
  ['size', 'Pixels'],
] as const;

/** Rows of Ocean World that the agent writes before the run begins; the recipe finds them as `rows/NAME`. */
export function RowsField({
  rows,
  tasks,
  problems,
  onChange,
}: {
  rows: readonly WorldRows[];
  /** All that Ocean World has. */
  tasks: readonly string[];
  problems: readonly DraftProblem[];
  onChange: (rows: readonly WorldRows[]) => void;
}) {
  const put = (at: number, next: Partial<WorldRows>) =>
    onChange(rows.map((each, place) => (place === at ? { ...each, ...next } : each)));
  return (
    <div className="stack">
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: their names are being typed and may be equal for a while; none changes its place
        <fieldset key={at} className="new-rows panel" aria-label={`rows/${visible(row.name)}`}>
          <label>
            <span className="label">Name</span>
            <input
              className="field"
              value={row.name}
              spellCheck={false}
              onChange={(event) => put(at, { name: event.target.value })}
            />
          </label>
          {NUMBERS.map(([key, words]) => (
            <label key={key}>
              <span className="label">{words}</span>
              <input
                className="field"
                type="number"
                min={0}
                value={Number.isNaN(row[key]) ? '' : row[key]}
                onChange={(event) => put(at, { [key]: event.target.valueAsNumber })}
              />
            </label>
          ))}
          <label>
            <span className="label">Split</span>
            <select
              className="field"
              value={row.split}
              onChange={(event) => put(at, { split: event.target.value === 'val' ? 'val' : 'train' })}
            >
              <option value="train">train</option>
              <option value="val">val</option>
            </select>
          </label>
          <label className="new-check">
            <input
              type="checkbox"
              checked={row.further}
              onChange={(event) => put(at, { further: event.target.checked })}
            />
            <span>further questions beside each</span>
          </label>
          <Tasks chosen={row.tasks} all={tasks} onChange={(next) => put(at, { tasks: next })} />
          {problems
            .filter(({ key }) => key === String(at))
            .map(({ words }) => (
              <p key={words} className="recipe-wrong">
                {words}
              </p>
            ))}
          <button
            type="button"
            className="button-quiet-small new-remove"
            onClick={() => onChange(rows.filter((_, place) => place !== at))}
          >
            Remove<span className="sr-only"> rows/{row.name}</span>
          </button>
        </fieldset>
      ))}
      <button
        type="button"
        className="button self-start"
        aria-disabled={rows.length >= 20}
        onClick={() => {
          if (rows.length < 20) onChange([...rows, freshRows(freeName(rows))]);
        }}
      >
        Add rows of Ocean World
      </button>
    </div>
  );
}

const freeName = (rows: readonly WorldRows[]): string =>
  ['train', 'val', ...rows.map((_, at) => `rows-${at + 1}`), 'more'].find(
    (name) => !rows.some((row) => row.name === name),
  ) ?? 'more';

function Tasks({
  chosen,
  all,
  onChange,
}: {
  chosen: readonly string[] | null;
  all: readonly string[];
  onChange: (tasks: string[] | null) => void;
}) {
  return (
    <details className="new-tasks">
      <summary>
        Tasks <span className="text-muted">· {chosen === null ? 'all' : chosen.join(', ') || 'none'}</span>
      </summary>
      <div className="new-checks">
        {all.map((task) => {
          const on = chosen === null || chosen.includes(task);
          return (
            <label key={task} className="new-check">
              <input
                type="checkbox"
                checked={on}
                onChange={() => {
                  const next = all.filter((each) =>
                    each === task ? !on : chosen === null || chosen.includes(each),
                  );
                  onChange(next.length === all.length ? null : next);
                }}
              />
              <span>{task}</span>
            </label>
          );
        })}
      </div>
    </details>
  );
}
