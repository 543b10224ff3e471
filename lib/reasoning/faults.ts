const TAG = /<(\/?)(think|answer)>/g;

/**
 * What is broken about an output that was written to its end, in words for people: tags that do not pair, JSON that does
 * not close. Empty where nothing is. For showing; scorers have their own rules. Linear in the output.
 */
export function faults(output: string): readonly string[] {
  const found = new Set<string>();
  let open: string | null = null;
  let isFirst = true;
  for (const [whole, closes, name] of output.matchAll(TAG)) {
    if (closes === '') {
      if (open !== null) found.add(`<${open}> is not closed before ${whole}`);
      open = name ?? null;
    } else if (open === name) open = null;
    // Templates that open it for the model leave only this one to it.
    else if (open !== null || name !== 'think' || !isFirst) found.add(`a stray ${whole}`);
    isFirst = false;
  }
  if (open !== null) found.add(`<${open}> is never closed`);
  if (!closesItsJson(output)) found.add('JSON that does not close');
  return [...found];
}

/** Whether what begins as an object or a list of JSON ends as one; brackets within its texts do not count. */
function closesItsJson(output: string): boolean {
  const begins = /\{\s{0,20}"|\[\s{0,20}\{/.exec(output)?.index;
  if (begins === undefined) return true;
  let depth = 0;
  for (const [token] of output.slice(begins).matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    // What stands behind it is no part of it.
    if (depth === 0) return true;
  }
  return false;
}
