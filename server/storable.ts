/** Names that mean something else to JavaScript than a key of somebody's. */
const KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** What of an input no database keeps, or nobody can read again, in words; null where there is nothing of the kind. */
export function unstorable(input: unknown): string | null {
  // No recursion: how deep it nests is its sender's choice.
  const open: unknown[] = [input];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (/[\0\p{Cs}]/u.test(value)) return 'a text has a sign in it that is none (NUL, or half of a pair)';
    } else if (Array.isArray(value)) for (const each of value) open.push(each);
    else if (typeof value === 'object' && value !== null)
      for (const [key, each] of Object.entries(value)) {
        if (KEYS.has(key)) return `“${key}” cannot be the name of anything`;
        open.push(key, each);
      }
  }
  return null;
}
