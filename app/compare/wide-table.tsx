import type { ReactNode } from 'react';
import { ScrollRegion } from '../ui/scrolls';

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
    <ScrollRegion className={`table-scroll ${className}`} label={`${label}, scrolls sideways`}>
      <table className="data-table compare-table">{children}</table>
    </ScrollRegion>
  );
}
