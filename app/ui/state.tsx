import type { ReactNode } from 'react';

/** Nothing to show: what would be here, and what to do about it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children === undefined ? null : <div className="state-words">{children}</div>}
    </div>
  );
}

/** Something failed: what, where, and what to do. Announced at once. */
export function ErrorState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state state-error" role="alert">
      <p className="state-title">{title}</p>
      {children === undefined ? null : <div className="state-words">{children}</div>}
    </div>
  );
}

/** Something is on its way. `height` (CSS) is what it will take, so that nothing moves when it arrives. */
export function LoadingState({ label, height }: { label: string; height?: string }) {
  return (
    <div
      className="state state-loading"
      role="status"
      style={height === undefined ? undefined : { minHeight: height }}
    >
      <p>{label}</p>
    </div>
  );
}
