import type { RunChange, RunPage } from '@/server/evals/types';
import { formatDate } from '../ui/format';
import { visible } from '../ui/visible';
import { changeWords, whoWords } from './run-words';

/** What was done with a run since it was scored. */
export function RunHistory({ run }: { run: RunPage }) {
  if (run.history.length === 0) return null;
  return (
    <section className="panel run-history" aria-labelledby="run-history">
      <h2 id="run-history" className="label">
        History
      </h2>
      <ol>
        {run.history.map((change) => (
          <li key={`${change.kind} ${change.at.toISOString()}`}>
            <time dateTime={change.at.toISOString()}>{formatDate(change.at)}</time>
            <Change change={change} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Change({ change: { kind, by, changes, note } }: { change: RunChange }) {
  return (
    <div>
      <p>
        {kind} by {whoWords(by)}
        {note === null ? '' : ': '}
        {note === null ? null : <q dir="auto">{visible(note)}</q>}
      </p>
      {changeWords(changes ?? {}).map((words) => (
        <p key={words} className="text-muted">
          {visible(words)}
        </p>
      ))}
    </div>
  );
}

/** Who withdrew it, when and why; the last time it was. */
export function Withdrawn({ run }: { run: RunPage }) {
  const last = run.history.findLast(({ kind }) => kind === 'withdrawn');
  return (
    <section className="panel run-preview" aria-labelledby="run-withdrawn">
      <h2 id="run-withdrawn">This run was withdrawn</h2>
      {last === undefined ? null : (
        <p>
          On <time dateTime={last.at.toISOString()}>{formatDate(last.at)}</time> by {whoWords(last.by)}
          {last.note === null ? '.' : ': '}
          {last.note === null ? null : <q dir="auto">{visible(last.note)}</q>}
        </p>
      )}
      <p className="text-muted">
        Its figure is on no leaderboard any more. This page stays, since others may have linked to it.
      </p>
    </section>
  );
}
