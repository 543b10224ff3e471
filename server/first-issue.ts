import type { ZodError } from 'zod';

/** What is wrong first, and where: `messages.0.role: Invalid option`. */
export function firstIssue({ issues: [issue] }: ZodError): string {
  if (issue === undefined) return 'it is not in its form';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
