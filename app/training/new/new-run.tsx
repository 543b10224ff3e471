'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { type RecipeProblem, sentenceOf, type Table } from '@/lib/training/recipe-problems';
import { isRecipeKind } from '@/lib/training/recipe-schema';
import { NotTomlError, readToml, withKey } from '@/lib/training/recipe-toml';
import { TrpcProvider, useTRPCClient } from '../../trpc/client';
import { visible } from '../../ui/visible';
import type { Choices, Forked } from '../types';
import {
  type Base,
  type Draft,
  type DraftProblem,
  draftOfFork,
  draftOfRecipe,
  jobsOf,
  namedRows,
  readDraft,
  rowCount,
} from './draft';
import { FollowField } from './follow-field';
import { PlanPanel } from './plan-panel';
import { changesOf } from './recipe-fields';
import { RecipeForm } from './recipe-form';
import { RowsField } from './rows-field';
import { StartField } from './start-field';

interface Props {
  choices: Choices;
  tasks: readonly string[];
  /** The earlier run whose fork the address asks for. */
  forked: Forked | null;
  /** The recipe that the address asks for. */
  recipe: string | null;
}

export const NewRun = (props: Props) => (
  <TrpcProvider>
    <Form {...props} />
  </TrpcProvider>
);

/** A run is put together: its recipe, what it begins with, its rows, what follows; what is wrong and what it would be, beside it. */
function Form({ choices, tasks, forked, recipe: asked }: Props) {
  const client = useTRPCClient();
  const router = useRouter();
  const [{ base, begun, draft }, setState] = useState(() => begin(choices, forked, asked));
  const change = useCallback(
    (next: Partial<Draft>) => setState((now) => ({ ...now, draft: { ...now.draft, ...next } })),
    [],
  );
  const onKey = useCallback(
    (key: string, written: string | null) =>
      setState((now) => ({
        ...now,
        draft: { ...now.draft, toml: withKey(now.draft.toml, key, written) },
      })),
    [],
  );
  const { recipe, problems } = useMemo(() => readDraft(draft), [draft]);
  const changes = useMemo(() => {
    const first = tomlOrNull(base.toml);
    return recipe === null || first === null || !isRecipeKind(recipe.kind)
      ? []
      : changesOf(recipe.kind, first, recipe);
  }, [base, recipe]);
  const choose = useMutation({
    mutationFn: async (chosen: string) => {
      const [kind, id = ''] = chosen.split(/:(.*)/s);
      const earlier = kind === 'fork' ? await client.training.forkOf.query({ id }) : null;
      window.history.replaceState(null, '', `/training/new?${kind}=${encodeURIComponent(id)}`);
      setState(begin(choices, earlier, id));
    },
  });
  const create = useMutation({
    mutationFn: (read: Table) => client.training.create.mutate(jobsOf(draft, read)),
    onSuccess: ([id]) => router.push(`/training/${id}`),
  });
  useAskedBeforeLeaving(draft !== begun && !create.isSuccess);
  const ofPart = (part: DraftProblem['part']) => problems.filter((each) => each.part === part);
  return (
    <form
      className="new-run"
      onSubmit={(event) => {
        event.preventDefault();
        if (recipe !== null && problems.length === 0 && !create.isPending) create.mutate(recipe);
      }}
    >
      <div className="new-parts">
        <Part title="Recipe">
          <label>
            <span className="label">Made from</span>
            <select
              className="field"
              value={`${base.kind}:${base.id}`}
              aria-disabled={choose.isPending}
              onChange={(event) => choose.mutate(event.target.value)}
            >
              <optgroup label="Recipes of the repository">
                {choices.recipes.map(({ name, kind }) => (
                  <option key={name} value={`recipe:${name}`}>
                    {name} · {kind}
                  </option>
                ))}
              </optgroup>
              <optgroup label="Earlier runs">
                {earlierRuns(choices, forked).map(({ id, name }) => (
                  <option key={id} value={`fork:${id}`}>
                    {visible(name)}
                  </option>
                ))}
              </optgroup>
            </select>
          </label>
          <Failed error={choose.error} words="It could not be read" />
          <About base={base} choices={choices} />
          {ofPart('recipe')
            .filter(({ key }) => key === '' || recipe === null)
            .map((each) => (
              <p key={each.words} className="recipe-wrong" role="alert">
                {each.words}
              </p>
            ))}
          {recipe === null || !isRecipeKind(recipe.kind) ? (
            <p className="text-muted">Its keys are shown once its text can be read.</p>
          ) : (
            <RecipeForm
              kind={recipe.kind}
              recipe={recipe}
              changes={changes}
              problems={ofPart('recipe')}
              onKey={onKey}
            />
          )}
          <details className="new-toml">
            <summary>
              The recipe as TOML <span className="text-muted">· may be edited</span>
            </summary>
            <textarea
              className="field training-toml"
              aria-label="The recipe as TOML"
              rows={24}
              spellCheck={false}
              value={draft.toml}
              onChange={(event) => change({ toml: event.target.value })}
            />
          </details>
        </Part>
        <Part title="Start">
          <StartField start={draft.start} choices={choices} onChange={(start) => change({ start })} />
          <p className="text-muted">It takes the place of the recipe’s model.path.</p>
        </Part>
        <Part title="Rows">
          <p className="text-muted">
            Rows of Ocean World that the box writes before the run begins. The recipe finds them as{' '}
            <code>rows/NAME</code>.
          </p>
          <RowsField
            rows={draft.rows}
            tasks={tasks}
            problems={ofPart('rows')}
            onChange={(rows) => change({ rows })}
          />
          {recipe === null ? null : <RowsNotes recipe={recipe} draft={draft} />}
        </Part>
        <Part title="What follows">
          <FollowField follow={draft} benchmarks={choices.benchmarks} onChange={change} />
        </Part>
        <Part title="Name">
          <label>
            <span className="label">Name</span>
            <input
              className="field"
              value={draft.name}
              maxLength={100}
              onChange={(event) => change({ name: event.target.value })}
            />
          </label>
          <label>
            <span className="label">Note</span>
            <textarea
              className="field"
              rows={3}
              maxLength={10_000}
              value={draft.note}
              placeholder="What is it to find out?"
              onChange={(event) => change({ note: event.target.value })}
            />
          </label>
          <label className="new-check">
            <input
              type="checkbox"
              checked={draft.public}
              onChange={(event) => change({ public: event.target.checked })}
            />
            <span>Everybody may watch it</span>
          </label>
        </Part>
      </div>
      <aside className="new-aside" aria-label="Before it starts">
        <PlanPanel
          recipe={ofPart('recipe').length > 0 ? null : recipe}
          shape={shapeOfStart(draft, choices)}
          rows={recipe === null ? null : rowCount(recipe, draft.rows)}
          boxes={choices.boxes}
        />
        <Problems problems={problems} />
        <Failed error={create.error} words="It was not queued" />
        <button
          type="submit"
          className="button button-primary"
          aria-disabled={problems.length > 0 || create.isPending}
        >
          {create.isPending ? 'Queueing' : 'Queue the run'}
        </button>
      </aside>
    </form>
  );
}

/** The browser asks before what was put together here is lost by a reload or another address. */
function useAskedBeforeLeaving(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [wanted]);
}

/** What the form begins with. @param asked the name of a recipe. */
function begin(
  choices: Choices,
  forked: Forked | null,
  asked: string | null,
): { base: Base; begun: Draft; draft: Draft } {
  if (forked !== null) {
    const draft = draftOfFork(forked);
    return { base: { kind: 'fork', id: forked.id, toml: forked.toml }, begun: draft, draft };
  }
  const recipe =
    choices.recipes.find(({ name }) => name === asked) ??
    choices.recipes.find(({ name }) => name === 'toy-stage1') ??
    choices.recipes[0];
  if (recipe === undefined) throw new Error('the repository has no recipes');
  const draft = draftOfRecipe(recipe, choices.checkpoints);
  return { base: { kind: 'recipe', id: recipe.name, toml: recipe.toml }, begun: draft, draft };
}

function tomlOrNull(toml: string): Table | null {
  try {
    return readToml(toml);
  } catch (error) {
    if (error instanceof NotTomlError) return null;
    throw error;
  }
}

function earlierRuns({ trainings }: Choices, forked: Forked | null): readonly { id: string; name: string }[] {
  return forked === null || trainings.some(({ id }) => id === forked.id) ? trainings : [forked, ...trainings];
}

function shapeOfStart({ start }: Draft, { checkpoints, trainings }: Choices) {
  if (start.kind === 'path') return null;
  const all = start.kind === 'checkpoint' ? checkpoints : trainings;
  return all.find(({ id }) => id === start.id)?.shape ?? null;
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => {
  const id = `part-${title.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section aria-labelledby={id} className="new-part">
      <h2 id={id}>{title}</h2>
      <div className="stack">{children}</div>
    </section>
  );
};

function About({ base, choices }: { base: Base; choices: Choices }) {
  if (base.kind === 'fork')
    return (
      <p className="text-muted">
        The recipe, start and rows of an <a href={`/training/${encodeURIComponent(base.id)}`}>earlier run</a>,
        which stays as it is.
      </p>
    );
  const about = choices.recipes.find(({ name }) => name === base.id)?.about ?? '';
  return about === '' ? null : <p className="text-muted max-w-prose">{about}</p>;
}

/** Where recipe and rows do not speak of the same: it may be as it is meant. */
function RowsNotes({ recipe, draft }: { recipe: Table; draft: Draft }) {
  const wanted = [...namedRows(recipe, 'data.files'), ...namedRows(recipe, 'validation.files')];
  const made = draft.rows.map(({ name }) => name);
  const missing = wanted.filter((name) => !made.includes(name));
  const unused = made.filter((name) => !wanted.includes(name));
  return (
    <>
      {missing.map((name) => (
        <p key={name} className="new-note">
          The recipe reads <code>rows/{name}</code>, which is not among these: without it the run ends at
          once.
        </p>
      ))}
      {unused.map((name) => (
        <p key={name} className="new-note">
          The recipe does not read <code>rows/{name}</code>.
        </p>
      ))}
    </>
  );
}

function Problems({ problems }: { problems: readonly DraftProblem[] }) {
  return (
    <div role="status" className="new-problems">
      {problems.length === 0 ? (
        <p className="text-muted">Nothing is wrong with it.</p>
      ) : (
        <>
          <p className="text-wrong">
            {problems.length === 1 ? 'One thing is wrong:' : `${problems.length} things are wrong:`}
          </p>
          <ul>
            {problems.map((each) => (
              <li key={`${each.part} ${each.key} ${each.words}`}>{told(each)}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

const told = ({ part, key, words }: RecipeProblem & Pick<DraftProblem, 'part'>): string =>
  part === 'recipe' ? sentenceOf({ key, words }) : words;

const Failed = ({ error, words }: { error: Error | null; words: string }) =>
  error === null ? null : (
    <p role="alert" className="text-wrong">
      {words}: {error.message}
    </p>
  );
