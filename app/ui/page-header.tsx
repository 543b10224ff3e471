import type { ReactNode } from 'react';

/** The top of a page: where it hangs (`trail`), its one h1, a sentence, and what can be done. */
export function PageHeader({
  title,
  trail,
  actions,
  children,
}: {
  title: ReactNode;
  trail?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="page-header">
      <div className="page-header-words">
        {trail === undefined ? null : <div className="page-trail">{trail}</div>}
        <h1>{title}</h1>
        {children === undefined ? null : <div className="page-lead">{children}</div>}
      </div>
      {actions === undefined ? null : <div className="page-actions">{actions}</div>}
    </header>
  );
}
