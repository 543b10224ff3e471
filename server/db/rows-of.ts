/** What a statement in SQL returns: both drivers give it in a form of their own. */
export const rowsOf = <T>(result: unknown): readonly T[] => (result as { rows: T[] }).rows;
