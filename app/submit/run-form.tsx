'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { PreflightReport } from '@/server/evals/types';
import { useTRPC } from '../trpc/client';
import { formatCount } from '../ui/format';
import { failureOf } from './failure';
import type { Target } from './place';
import {
  type Decoding,
  FIELDS,
  type Field,
  type FieldErrors,
  type KnownModel,
  type KnownPrompt,
  modelLabels,
  prefill,
  readDraft,
} from './run-draft';
import { Problem } from './step';

const STAGE_WORDS = [
  ['', 'none: a model of another recipe'],
  ['base', 'base, before this training'],
  ['stage1', 'after stage 1 (reasoning)'],
  ['stage2', 'after stage 2 (perception)'],
] as const;

/** Which model made the outputs, and how; then the scoring starts and its run's page takes over. */
export function RunForm({
  report,
  target,
  checking,
  models,
  prompts,
  onSignedOut,
}: {
  report: PreflightReport;
  target: Target;
  /** Another target is being checked, so these figures are not yet those of the form. */
  checking: boolean;
  models: readonly KnownModel[];
  prompts: readonly KnownPrompt[];
  onSignedOut: () => void;
}) {
  const router = useRouter();
  const trpc = useTRPC();
  // Once a file: a corrected benchmark does not undo what was typed.
  const [first] = useState(() => prefill(report.manifest, models, prompts));
  const [kind, setKind] = useState(first.model.kind);
  const [promptChoice, setPromptChoice] = useState(first.promptChoice);
  const [decoding, setDecoding] = useState<Decoding>(first.decoding);
  const [errors, setErrors] = useState<FieldErrors>({});
  const create = useMutation(
    trpc.submissions.create.mutationOptions({
      onSuccess: ({ runId }) => router.push(`/runs/${runId}`),
      onError: (error) => {
        if (failureOf(error).kind === 'signed-out') onSignedOut();
      },
    }),
  );
  const busy = checking || create.isPending || create.isSuccess;
  const prompt = prompts.find(({ id }) => id === promptChoice);

  function start(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (busy) return;
    const { elements } = event.currentTarget;
    const draft = readDraft(new FormData(event.currentTarget), models, prompts, first.otherSettings);
    setErrors(draft.ok ? {} : draft.errors);
    if (draft.ok) {
      create.mutate({ fileSha256: report.fileSha256, fileName: report.fileName, ...target, ...draft.run });
      return;
    }
    const wrong = elements.namedItem(FIELDS.find((field) => draft.errors[field] !== undefined) ?? '');
    if (wrong instanceof HTMLElement) wrong.focus();
  }

  const text = (name: Field, label: string, hint: ReactNode, more: InputProps = {}) => (
    <TextField name={name} label={label} hint={hint} error={errors[name]} {...more} />
  );
  const other = Object.entries(first.otherSettings);

  return (
    <form className="submit-form" onSubmit={start} noValidate>
      <fieldset>
        <legend>Model</legend>
        <div className="submit-choices">
          <Radio name="modelKind" value="existing" chosen={kind} onChoose={() => setKind('existing')}>
            One that is known here
          </Radio>
          <Radio name="modelKind" value="new" chosen={kind} onChoose={() => setKind('new')}>
            A new one
          </Radio>
        </div>
        <datalist id="known-models">
          {[...modelLabels(models).keys()].map((label) => (
            <option key={label} value={label} />
          ))}
        </datalist>
        {kind === 'existing' ? (
          text('existing', 'Name and stage', `Type to search ${formatCount(models.length)} checkpoints.`, {
            list: 'known-models',
            defaultValue: first.model.kind === 'existing' ? first.model.label : '',
          })
        ) : (
          <>
            <div className="submit-grid">
              {text('name', 'Name', 'As the leaderboard shows it.', {
                defaultValue: first.model.kind === 'new' ? first.model.name : '',
              })}
              {text('family', 'Family', 'Such as Qwen2.5-VL.', {})}
              {text('parametersB', 'Parameters, in billions', 'Such as 7 or 0.5. Empty: undisclosed.', {
                inputMode: 'decimal',
              })}
              {text('link', 'Link', 'To the paper or the weights. Optional.', { type: 'url' })}
              <div className="submit-field">
                <label htmlFor="stage">Stage</label>
                <select id="stage" name="stage" className="field" aria-describedby="stage-hint">
                  {STAGE_WORDS.map(([stage, words]) => (
                    <option key={stage} value={stage}>
                      {words}
                    </option>
                  ))}
                </select>
                <p id="stage-hint" className="submit-hint">
                  Where it stands in Ocean-R1's own training.
                </p>
              </div>
              {text(
                'parent',
                'Trained from',
                'Differences are taken to the base at the beginning of its line. Optional.',
                {
                  list: 'known-models',
                },
              )}
            </div>
            <label className="submit-check">
              <input type="checkbox" name="openWeights" /> Its weights are open
            </label>
          </>
        )}
      </fieldset>

      <fieldset>
        <legend>Prompt</legend>
        <div className="submit-field">
          <label htmlFor="promptChoice">What the model was asked</label>
          <select
            id="promptChoice"
            name="promptChoice"
            className="field"
            value={prompt === undefined && promptChoice !== 'own' ? '' : promptChoice}
            onChange={(event) => setPromptChoice(event.currentTarget.value)}
          >
            <option value="">Not stated</option>
            {prompts.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
            <option value="own">Own text</option>
          </select>
        </div>
        {prompt === undefined ? null : <blockquote className="submit-prompt">{prompt.template}</blockquote>}
        {promptChoice === 'own' ? (
          <div className="submit-field">
            <label htmlFor="promptText">Text of the prompt</label>
            <textarea
              id="promptText"
              name="promptText"
              rows={4}
              className="field"
              defaultValue={first.promptText}
              {...describedBy('promptText', errors.promptText)}
            />
            <FieldNotes
              name="promptText"
              error={errors.promptText}
              hint="{Question} stands for the question."
            />
          </div>
        ) : null}
      </fieldset>

      <fieldset>
        <legend>Generation</legend>
        <div className="submit-choices">
          <Radio name="decoding" value="unstated" chosen={decoding} onChoose={() => setDecoding('unstated')}>
            Not stated
          </Radio>
          <Radio name="decoding" value="greedy" chosen={decoding} onChoose={() => setDecoding('greedy')}>
            Greedy
          </Radio>
          <Radio name="decoding" value="sampled" chosen={decoding} onChoose={() => setDecoding('sampled')}>
            Sampled
          </Radio>
        </div>
        <p className="submit-hint">Leave empty what you do not know.</p>
        <div className="submit-grid submit-grid-small">
          {text('maxNewTokens', 'Max new tokens', null, {
            inputMode: 'numeric',
            defaultValue: first.maxNewTokens,
          })}
          {decoding === 'sampled' ? (
            <>
              {text('temperature', 'Temperature', null, {
                inputMode: 'decimal',
                defaultValue: first.temperature,
              })}
              {text('topP', 'Top-p', null, { inputMode: 'decimal', defaultValue: first.topP })}
              {text('seed', 'Seed', null, { inputMode: 'numeric', defaultValue: first.seed })}
            </>
          ) : null}
        </div>
        {other.length === 0 ? null : (
          <p className="submit-hint">
            Kept from the file:{' '}
            {other.map(([name, value], index) => (
              <span key={name}>
                {index === 0 ? '' : ', '}
                <code className="break-words">
                  {name} = {String(value)}
                </code>
              </span>
            ))}
          </p>
        )}
      </fieldset>

      {create.error === null ? null : <StartProblem key={create.submittedAt} error={create.error} />}
      <div className="submit-actions">
        <button type="submit" className="button button-primary" aria-disabled={busy}>
          {create.isSuccess
            ? 'Opening the run'
            : create.isPending
              ? 'Starting'
              : checking
                ? 'Checking the file'
                : `Score ${formatCount(report.total)} samples`}
        </button>
        <p className="submit-hint">Nothing is published yet: you see the result first, then decide.</p>
      </div>
    </form>
  );
}

function StartProblem({ error }: { error: { message: string } }) {
  const { kind, message } = failureOf(error);
  return (
    <Problem title="The scoring did not start">
      <p>
        {kind === 'signed-out' ? 'Your session has ended. Sign in above; what you filled in stays.' : message}
      </p>
    </Problem>
  );
}

interface InputProps {
  type?: 'text' | 'url';
  list?: string;
  inputMode?: 'decimal' | 'numeric';
  defaultValue?: string;
}

function TextField({
  name,
  label,
  hint,
  error,
  ...input
}: InputProps & { name: Field; label: string; hint: ReactNode; error: string | undefined }) {
  return (
    <div className="submit-field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        name={name}
        className="field"
        autoComplete="off"
        {...describedBy(name, error)}
        {...input}
      />
      <FieldNotes name={name} error={error} hint={hint} />
    </div>
  );
}

function describedBy(name: string, error: string | undefined) {
  return { 'aria-invalid': error !== undefined, 'aria-describedby': `${name}-error ${name}-hint` };
}

function FieldNotes({ name, error, hint }: { name: string; error: string | undefined; hint: ReactNode }) {
  return (
    <>
      <p id={`${name}-error`} className="submit-field-error">
        {error}
      </p>
      {hint === null ? null : (
        <p id={`${name}-hint`} className="submit-hint">
          {hint}
        </p>
      )}
    </>
  );
}

function Radio({
  name,
  value,
  chosen,
  onChoose,
  children,
}: {
  name: string;
  value: string;
  chosen: string;
  onChoose: () => void;
  children: ReactNode;
}) {
  return (
    <label className="submit-check">
      <input type="radio" name={name} value={value} checked={chosen === value} onChange={onChoose} />{' '}
      {children}
    </label>
  );
}
