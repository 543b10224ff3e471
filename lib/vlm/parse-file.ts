import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { VlmError } from './types';

// The small build of zod, half of what a visitor would fetch for the whole one, comes without words for its errors.
z.config(en());

/** The content of a model's file by its schema. @throws VlmError naming file and key. */
export function parseFile<T extends z.ZodMiniType>(schema: T, content: unknown, file: string): z.infer<T> {
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue?.path.length ? [file, issue.path.join('.')] : [file];
  throw new VlmError('model', `${where.join(': ')}: ${issue?.message}.`);
}
