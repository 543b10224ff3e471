import { useEffect, useRef, useState } from 'react';

/** A formula: as it is written until the typesetter has come, which pages without formulas never load. */
export function Mathematics({ text, tex, display }: { text: string; tex: string; display: boolean }) {
  const [typeset, setTypeset] = useState<typeof import('./typeset').typeset | null>(null);
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let wanted = true;
    import('./typeset').then(
      (module) => {
        if (wanted) setTypeset(() => module.typeset);
      },
      // Without it the formula stays readable as it is.
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, []);
  useEffect(() => {
    if (typeset !== null && element.current !== null) typeset(element.current, tex, display);
  }, [typeset, tex, display]);
  if (typeset === null) return <span className="reply-formula">{text}</span>;
  return (
    <span key="typeset" ref={element} className={`reply-formula${display ? ' reply-formula-display' : ''}`} />
  );
}
