import { LIMITS } from '@/lib/chat/limits';
import type { EngineFacts } from '@/lib/vlm/types';
import { Dialog } from '../ui/dialog';
import { formatBytes } from '../ui/format';
import { type Choice, trainedWords } from './models';

export interface Kept {
  modelId: string;
  bytes: number;
}

/** Who answers, side by side or alone; what was downloaded for it, and how to be rid of that. */
export function ModelsDialog({
  choices,
  selected,
  onSelect,
  kept,
  onClear,
  engine,
  onClose,
}: {
  choices: readonly Choice[];
  /** Ids of models. */
  selected: readonly string[];
  onSelect: (selected: string[]) => void;
  /** Null where it is not known yet. */
  kept: readonly Kept[] | null;
  onClear: () => void;
  /** Null before a model was loaded. */
  engine: EngineFacts | null;
  onClose: () => void;
}) {
  const bytes = kept?.reduce((sum, each) => sum + each.bytes, 0) ?? 0;
  const stages = choices.filter(({ where }) => where === 'browser').map(({ model }) => model.id);
  const server = choices.filter(({ where }) => where === 'server');
  return (
    <Dialog title="Who answers" wide onClose={onClose}>
      <fieldset className="chat-models">
        <legend className="label">
          In this browser: Nano, 2.6 million parameters. Nothing is sent anywhere.
        </legend>
        {stages.length === 0 ? <p>No model is exported here yet.</p> : null}
        {choices
          .filter(({ where }) => where === 'browser')
          .map((choice) => (
            <ModelChoice
              key={choice.model.id}
              choice={choice}
              selected={selected}
              onSelect={onSelect}
              kept={kept}
            />
          ))}
      </fieldset>
      {server.length === 0 ? null : (
        <fieldset className="chat-models">
          <legend className="label">
            Behind this site’s server. Question and picture are sent to it, and from there to the model.
          </legend>
          {server.map((choice) => (
            <ModelChoice
              key={choice.model.id}
              choice={choice}
              selected={selected}
              onSelect={onSelect}
              kept={kept}
            />
          ))}
        </fieldset>
      )}
      <p className="text-muted">
        Up to {LIMITS.models} side by side. Those of this browser answer one after the other.
      </p>
      {engine === null ? null : (
        <p className="text-muted">
          {engine.provider === 'webgpu' ? 'WebGPU' : 'WebAssembly'} computes here. {engine.why}
        </p>
      )}
      <div className="dialog-foot">
        <span className="text-muted">
          {bytes === 0 ? 'Nothing is downloaded yet.' : `${formatBytes(bytes)} are kept in this browser.`}
        </span>
        {bytes === 0 ? null : (
          <button type="button" className="button" onClick={onClear}>
            Remove the downloads
          </button>
        )}
      </div>
    </Dialog>
  );
}

function ModelChoice({
  choice,
  selected,
  onSelect,
  kept,
}: {
  choice: Choice;
  selected: readonly string[];
  onSelect: (selected: string[]) => void;
  kept: readonly Kept[] | null;
}) {
  const { id, label, checkpoint } = choice.model;
  const on = selected.includes(id);
  return (
    <label className="chat-model">
      <input
        type="checkbox"
        checked={on}
        // One at least answers, and no more than have room.
        disabled={on ? selected.length === 1 : selected.length >= LIMITS.models}
        onChange={() => onSelect(on ? selected.filter((each) => each !== id) : [...selected, id])}
      />
      <span>
        <strong>{label}</strong> <code>{checkpoint}</code>
        <span className="text-muted">{` ${trainedWords(choice.model)}`}</span>
      </span>
      {choice.where === 'browser' ? (
        <span className="text-muted">
          {kept?.some(({ modelId }) => modelId === choice.modelId) ? 'downloaded' : formatBytes(choice.bytes)}
        </span>
      ) : null}
      <button
        type="button"
        className="button-quiet-small"
        aria-label={`Only ${label}`}
        onClick={() => onSelect([id])}
      >
        Only
      </button>
    </label>
  );
}
