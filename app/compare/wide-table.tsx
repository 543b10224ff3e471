import type { ReactNode } from 'react';

/** A table that may be wider than its place, and then scrolls in it. */
export function WideTable({
  label,
  className = '',
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={`table-scroll ${className}`} aria-label={`${label}, scrolls sideways`} tabIndex={0}>
      <table className="data-table compare-table">{children}</table>
    </section>
  );
}
