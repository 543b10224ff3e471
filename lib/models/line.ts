/** A checkpoint with that which its training began from. */
export interface InLine {
  checkpointId: string;
  parentId: string | null;
}

/** Ancestors from the parent on, as far as they are known; a circle of parents ends where it closes. */
export function ancestorsOf<T extends InLine>(row: T, byId: ReadonlyMap<string, T>): readonly T[] {
  const seen = new Set([row.checkpointId]);
  const ancestors: T[] = [];
  for (let id = row.parentId; id !== null && !seen.has(id); ) {
    const parent = byId.get(id);
    if (parent === undefined) break;
    seen.add(id);
    ancestors.push(parent);
    id = parent.parentId;
  }
  return ancestors;
}

/** What all of a line's differences are taken to: the checkpoint that its training began from. */
export const baseOf = <T extends InLine>(row: T, byId: ReadonlyMap<string, T>): T | null =>
  ancestorsOf(row, byId).at(-1) ?? null;
