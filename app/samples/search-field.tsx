'use client';

import { useEffect, useRef } from 'react';
import { MAX_TEXT } from './samples-url';

/** How long a pause in typing starts a search, in milliseconds. */
const PAUSE = 300;

/** Searches at a pause in typing, and at Enter. */
export function SearchField({
  text,
  onSearch,
}: {
  text: string | undefined;
  onSearch: (text: string | undefined) => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // The field follows the address (back, a cleared filter), but not under the typist's hands.
  useEffect(() => {
    if (search.current !== null && document.activeElement !== search.current)
      search.current.value = text ?? '';
  }, [text]);

  const apply = () => {
    clearTimeout(timer.current);
    const typed = search.current?.value.trim();
    if (typed !== (text ?? '')) onSearch(typed || undefined);
  };
  return (
    <input
      ref={search}
      type="search"
      name="text"
      className="field sample-search"
      aria-label="Text in question, output or answer"
      placeholder="Text in question, output or answer"
      maxLength={MAX_TEXT}
      defaultValue={text}
      onKeyDown={({ key }) => {
        if (key === 'Enter') apply();
      }}
      onChange={() => {
        clearTimeout(timer.current);
        timer.current = setTimeout(apply, PAUSE);
      }}
    />
  );
}
