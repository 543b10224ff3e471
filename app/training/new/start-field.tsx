import type { StartingPoint } from '@/lib/training/protocol';
import { visible } from '../../ui/visible';
import type { Choices } from '../types';

const KINDS = ['checkpoint', 'job', 'path'] as const;
const KIND_WORDS = {
  checkpoint: 'A checkpoint of the model room',
  job: 'What a training here made',
  path: 'A folder on the box',
} as const;

/** The weights that the run begins with. */
export function StartField({
  start,
  choices,
  onChange,
}: {
  start: StartingPoint;
  choices: Choices;
  onChange: (start: StartingPoint) => void;
}) {
  const { checkpoints, trainings } = choices;
  const fresh: Readonly<Record<StartingPoint['kind'], StartingPoint>> = {
    checkpoint: { kind: 'checkpoint', id: checkpoints[0]?.id ?? '' },
    job: { kind: 'job', id: trainings[0]?.id ?? '' },
    path: { kind: 'path', path: '' },
  };
  return (
    <div className="new-pair">
      <label>
        <span className="label">Begins with</span>
        <select
          className="field"
          value={start.kind}
          onChange={(event) => {
            const kind = KINDS.find((each) => each === event.target.value);
            if (kind !== undefined) onChange(fresh[kind]);
          }}
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {KIND_WORDS[kind]}
            </option>
          ))}
        </select>
      </label>
      {start.kind === 'path' ? (
        <label>
          <span className="label">Folder</span>
          <input
            className="field"
            value={start.path}
            placeholder="models/Qwen2.5-VL-3B-Instruct"
            spellCheck={false}
            onChange={(event) => onChange({ kind: 'path', path: event.target.value })}
          />
        </label>
      ) : (
        <label>
          <span className="label">{start.kind === 'checkpoint' ? 'Checkpoint' : 'Training'}</span>
          <select
            className="field"
            value={start.id}
            onChange={(event) => onChange({ ...start, id: event.target.value })}
          >
            {named(start, choices).map(({ id, name }) => (
              <option key={id} value={id}>
                {visible(name)}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

/** Those there are, and the chosen one, whatever became of it. */
function named(
  start: Exclude<StartingPoint, { kind: 'path' }>,
  { checkpoints, trainings }: Choices,
): readonly { id: string; name: string }[] {
  const all =
    start.kind === 'checkpoint'
      ? checkpoints
      : trainings.map(({ id, name, step }) => ({ id, name: `${name}, step ${step}` }));
  if (all.some(({ id }) => id === start.id)) return all;
  return [{ id: start.id, name: start.id === '' ? 'none is here' : start.id }, ...all];
}
