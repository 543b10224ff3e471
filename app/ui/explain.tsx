import type { ReactNode } from 'react';

/** The button of an explanation; give `id` to the `ExplainPanel` that it opens. `label` says what is explained. */
export function ExplainButton({ id, label }: { id: string; label: string }) {
  return (
    <button type="button" className="explain-button" popoverTarget={id} aria-label={`Explain: ${label}`}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <circle cx="7" cy="7" r="6" />
        <path d="M7 6.3v3.6M7 4.1v.1" />
      </svg>
    </button>
  );
}

/** What the button opens: a native popover, closed by Escape or a click elsewhere, and at work without JavaScript. */
export function ExplainPanel({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <div
      id={id}
      popover="auto"
      className="explain-panel"
      role="dialog"
      aria-labelledby={`${id}-title`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys scroll what has the focus; a dialog has a role of its own, so it is no ScrollRegion
      tabIndex={0}
    >
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </div>
  );
}

/** Both together, for an explanation that stands where its panel may stand too. */
export function Explain({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <>
      <ExplainButton id={id} label={title} />
      <ExplainPanel id={id} title={title}>
        {children}
      </ExplainPanel>
    </>
  );
}
