import { type Column, ilike, type SQL } from 'drizzle-orm';

/** Whether a text has another in it, in letters of either size; percent signs, underscores and backslashes mean themselves. */
export const contains = (text: Column | SQL, part: string): SQL =>
  ilike(text, `%${part.replace(/[\\%_]/g, '\\$&')}%`);
