'use client';

import { memo, useEffect, useMemo, useState } from 'react';
import type { PythonValue } from '@/lib/python/repr';
import type { Table } from '@/lib/training/recipe-problems';
import { type RecipeField, type RecipeKind, recipeFields } from '@/lib/training/recipe-schema';
import { valueOfKey } from '@/lib/training/recipe-toml';
import type { DraftProblem } from './draft';
import {
  type Change,
  defaultWords,
  lookOf,
  matching,
  means,
  SECTION_WORDS,
  shownValue,
  written,
} from './recipe-fields';

type OnKey = (key: string, written: string | null) => void;

/** Every key of a recipe, section by section; those that were changed stand at the top. */
export function RecipeForm({
  kind,
  recipe,
  changes,
  problems,
  onKey,
}: {
  kind: RecipeKind;
  recipe: Table;
  changes: readonly Change[];
  problems: readonly DraftProblem[];
  onKey: OnKey;
}) {
  const [search, setSearch] = useState('');
  const fields = useMemo(() => recipeFields(kind), [kind]);
  const found = matching(fields, search);
  const sections = [...new Set(found.map(({ section }) => section))];
  const changed = new Set(changes.map(({ key }) => key));
  const problemOf = (key: string) =>
    problems.find((each) => each.key === key || each.key.startsWith(`${key}.`)) ?? null;
  return (
    <div className="stack">
      <Changes changes={changes} onKey={onKey} />
      <label className="recipe-search">
        <span className="label">Search the {fields.length} keys</span>
        <input
          type="search"
          className="field"
          value={search}
          placeholder="clip, lr, tokens …"
          onChange={(event) => setSearch(event.target.value)}
        />
      </label>
      {found.length === 0 ? <p className="text-muted">No key is like that.</p> : null}
      {sections.map((section) => {
        const own = found.filter((field) => field.section === section);
        const count = own.filter(({ key }) => changed.has(key)).length;
        const wrong = own.filter(({ key }) => problemOf(key) !== null).length;
        return (
          <details
            key={section}
            className="recipe-section panel"
            // What is searched for, or wrong, is open.
            open={search !== '' || wrong > 0 || section === '' || section === 'optimizer' ? true : undefined}
          >
            <summary>
              <span className="recipe-section-name">{SECTION_WORDS[section] ?? section}</span>{' '}
              <span className="text-muted">
                {own.length} keys{count === 0 ? '' : `, ${count} changed`}
              </span>
              {wrong === 0 ? null : <span className="text-wrong"> {wrong} wrong</span>}
            </summary>
            <div className="recipe-keys">
              {own.map((field) => (
                <Field
                  key={field.key}
                  field={field}
                  value={valueOfKey(recipe, field.key)}
                  changed={changed.has(field.key)}
                  problem={problemOf(field.key)}
                  onKey={onKey}
                />
              ))}
            </div>
          </details>
        );
      })}
    </div>
  );
}

function Changes({ changes, onKey }: { changes: readonly Change[]; onKey: OnKey }) {
  if (changes.length === 0) return <p className="text-muted">Nothing is changed yet.</p>;
  const told = (value: string | null) => (value === null ? <i>left out</i> : <code dir="auto">{value}</code>);
  return (
    <section aria-label="Changed keys" className="recipe-changes panel">
      <h3>
        Changed <span className="text-muted">{changes.length}</span>
      </h3>
      <ul>
        {changes.map(({ key, from, to }) => (
          <li key={key}>
            <a href={`#key-${key}`}>
              <code>{key}</code>
            </a>
            <span>
              {told(from)} → {told(to)}
            </span>
            <button type="button" className="button-quiet-small" onClick={() => onKey(key, from)}>
              Undo<span className="sr-only"> {key}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface FieldProps {
  field: RecipeField;
  value: PythonValue | undefined;
  changed: boolean;
  problem: DraftProblem | null;
  onKey: OnKey;
}

/** One key typed in changes no other one. */
const Field = memo(
  FieldView,
  (before, after) =>
    before.changed === after.changed &&
    before.field === after.field &&
    before.onKey === after.onKey &&
    before.problem?.words === after.problem?.words &&
    before.problem?.key === after.problem?.key &&
    shownValue(before.value) === shownValue(after.value) &&
    typeof before.value === typeof after.value,
);

function FieldView({ field, value, changed, problem, onKey }: FieldProps) {
  const { key, name, description } = field;
  const [text, setText] = useState(shownValue(value));
  const shown = shownValue(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed is left as it stands; only what comes from elsewhere takes its place
  useEffect(() => {
    if (!means(field, text, value)) setText(shown);
  }, [shown]);
  const change = (next: string) => {
    setText(next);
    onKey(key, written(field, next));
  };
  const id = `key-${key}`;
  const common = {
    id,
    'aria-describedby': `${id}-about`,
    'aria-invalid': problem !== null,
  };
  return (
    <div
      className={`recipe-key${lookOf(field.node) === 'toml' ? ' recipe-key-wide' : ''}`}
      data-changed={changed}
    >
      <label htmlFor={id}>
        <code>{name}</code>
      </label>
      <Control field={field} text={text} common={common} onChange={change} />
      <p id={`${id}-about`} className="recipe-about">
        {problem === null ? null : (
          <span className="recipe-wrong">
            {problem.key === key ? '' : `${problem.key.slice(key.length + 1)}: `}
            {problem.words}
          </span>
        )}
        <span className="text-muted">
          <Words text={description} /> <span className="recipe-default">{defaultWords(field)}</span>
        </span>
      </p>
    </div>
  );
}

/** A docstring, whose keys and values stand in backticks. */
const Words = ({ text }: { text: string }) =>
  text
    .split('`')
    // biome-ignore lint/suspicious/noArrayIndexKey: a docstring never changes
    .map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));

function Control({
  field,
  text,
  common,
  onChange,
}: {
  field: RecipeField;
  text: string;
  common: { id: string; 'aria-describedby': string; 'aria-invalid': boolean };
  onChange: (text: string) => void;
}) {
  const { node, required } = field;
  const look = lookOf(node);
  switch (look) {
    case 'switch':
    case 'choice': {
      const choices = look === 'switch' ? ['true', 'false'] : (node.enum ?? []).map(String);
      const fallback = field.default === undefined ? '' : String(field.default);
      return (
        <select {...common} className="field" value={text} onChange={(event) => onChange(event.target.value)}>
          {required ? null : <option value="">{fallback} (default)</option>}
          {text === '' || choices.includes(text) ? null : <option value={text}>{text}</option>}
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      );
    }
    case 'toml':
      return (
        <textarea
          {...common}
          className="field training-toml"
          rows={Math.min(6, 1 + Math.floor(text.length / 44))}
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'number':
    case 'text':
      return (
        <input
          {...common}
          className="field"
          inputMode={look === 'number' ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
          placeholder={field.default === null || field.default === undefined ? '' : String(field.default)}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
