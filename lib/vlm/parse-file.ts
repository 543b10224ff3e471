import type * as z from 'zod';
import { VlmError } from './types';

/** The content of a model's file by its schema. @throws VlmError naming file and key. */
export function parseFile<T extends z.ZodType>(schema: T, content: unknown, file: string): z.infer<T> {
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue?.path.length ? [file, issue.path.join('.')] : [file];
  throw new VlmError('model', `${where.join(': ')}: ${issue?.message}.`);
}
