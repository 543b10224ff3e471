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

/** A column of figures stands right; what it measures can be said at length. */
export type Column = string | { figure: string; title?: string };

export function Columns({ columns }: { columns: readonly Column[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) =>
          typeof column === 'string' ? (
            <th key={column} scope="col">
              {column}
            </th>
          ) : (
            <th key={column.figure} scope="col" className="num" title={column.title}>
              {column.figure}
            </th>
          ),
        )}
      </tr>
    </thead>
  );
}

/** What stands in every table of differences. */
export const VISIBLE: Column = {
  figure: 'Visible',
  title: 'The smallest difference that so many samples show with 80 % power',
};
export const figureColumns = (...names: readonly string[]): Column[] => names.map((figure) => ({ figure }));
