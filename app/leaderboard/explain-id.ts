/** The explanation of a column: its button stands in the table, its panel after it. */
export const explainId = (column: string): string => `explain-${column}`;
