import type { ReactNode } from 'react';

/** `later`: what is asked here depends on the steps before it, so only its title and a hint are shown. */
export type StepState = 'done' | 'current' | 'later';

export function Step({
  number,
  title,
  state,
  children,
}: {
  number: number;
  title: string;
  state: StepState;
  children: ReactNode;
}) {
  const id = `step-${number}`;
  return (
    <section className={`submit-step submit-step-${state}`} aria-labelledby={id}>
      <h2 id={id} tabIndex={-1}>
        <span className="submit-step-mark">
          {state === 'done' ? (
            <>
              <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                <path d="M3 7.4 5.9 10.2 11 4.4" />
              </svg>
              <span className="sr-only">Done: </span>
            </>
          ) : (
            number
          )}
        </span>
        {title}
      </h2>
      <div className="submit-step-body">{children}</div>
    </section>
  );
}

/** Something went wrong here. It takes the focus when it appears, so that it is read wherever the visitor was. */
export function Problem({
  title,
  children,
  actions,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="submit-problem" tabIndex={-1} ref={focusOnMount}>
      <p className="font-semibold">{title}</p>
      {children === undefined ? null : <div className="submit-problem-words">{children}</div>}
      {actions === undefined ? null : <div className="submit-actions">{actions}</div>}
    </div>
  );
}

function focusOnMount(element: HTMLElement | null): void {
  element?.focus();
}
