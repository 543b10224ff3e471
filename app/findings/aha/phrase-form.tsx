'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useTransition } from 'react';

/** How long nothing is typed before what was typed is counted. */
const PAUSE_MS = 500;

/** A reader's own list. Without script the button sends it; with script counts follow what is typed. */
export function PhraseForm({
  model,
  categories,
  edited,
}: {
  model: string;
  categories: readonly { id: string; name: string; what: string; phrases: readonly string[] }[];
  edited: boolean;
}) {
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [counting, startCounting] = useTransition();
  useEffect(() => () => clearTimeout(timer.current), []);
  const count = () => {
    clearTimeout(timer.current);
    if (form.current === null) return;
    const fields = [...new FormData(form.current)].map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    startCounting(() => router.replace(`/findings/aha?${new URLSearchParams(fields)}`, { scroll: false }));
  };
  return (
    <form
      ref={form}
      action="/findings/aha#list"
      className="phrases"
      onChange={() => {
        clearTimeout(timer.current);
        timer.current = setTimeout(count, PAUSE_MS);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        count();
      }}
    >
      <input type="hidden" name="model" value={model} />
      <div className="phrases-fields">
        {categories.map(({ id, name, what, phrases }) => (
          <label key={id}>
            <span className="label">{name}</span>
            <span className="phrases-what">{what}</span>
            <textarea
              name={id}
              className="field"
              rows={8}
              spellCheck={false}
              autoComplete="off"
              defaultValue={phrases.join('\n')}
            />
          </label>
        ))}
      </div>
      <p className="phrases-actions">
        <button type="submit" className="button">
          Count
        </button>
        {edited ? <a href="/findings/aha#list">The published list again</a> : null}
        <span role="status">{counting ? 'Counting …' : ''}</span>
      </p>
    </form>
  );
}
