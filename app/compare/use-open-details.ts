import { type RefObject, type ToggleEvent, useEffect, useRef, useState } from 'react';

/** Whether a `details` is open, once the browser runs the page; one that was opened before that too, of which no event tells. */
export function useOpenDetails(): {
  open: boolean;
  props: {
    ref: RefObject<HTMLDetailsElement | null>;
    onToggle: (event: ToggleEvent<HTMLDetailsElement>) => void;
  };
} {
  const ref = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(ref.current?.open === true), []);
  return { open, props: { ref, onToggle: ({ currentTarget }) => setOpen(currentTarget.open) } };
}
