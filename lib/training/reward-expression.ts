/** How terms make a reward: names, numbers, + - * / and parentheses, in Python's grammar. */

const TOKEN =
  /\s*(?:([\p{L}_][\p{L}\p{N}_]*)|((?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)|([-+*/()]))/uy;
/** Words that are no names in Python. */
const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

type Token = { kind: 'name' | 'number' | 'sign'; text: string };

/** The names that a reward is made of; null where it is no such arithmetic. */
export function rewardNames(text: string): ReadonlySet<string> | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const names = new Set<string>();
  let at = 0;
  const sign = (...signs: string[]): boolean => {
    const token = tokens[at];
    if (token?.kind !== 'sign' || !signs.includes(token.text)) return false;
    at++;
    return true;
  };
  /** Operands with signs between them: precedence does not change what is arithmetic. */
  const sum = (): boolean => {
    do if (!operand()) return false;
    while (sign('+', '-', '*', '/'));
    return true;
  };
  const operand = (): boolean => {
    while (sign('-'));
    if (sign('(')) return sum() && sign(')');
    const token = tokens[at++];
    if (token === undefined || token.kind === 'sign') return false;
    if (token.kind === 'name') names.add(token.text);
    return true;
  };
  return sum() && at === tokens.length ? names : null;
}

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  while (at < end) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [, name, number, sign = ''] = match;
    if (name !== undefined && KEYWORDS.has(name)) return null;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'sign', text: sign });
    at = TOKEN.lastIndex;
  }
  return tokens;
}
