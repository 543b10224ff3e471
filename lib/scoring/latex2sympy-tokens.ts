/**
 * The words of latex2sympy2 1.9.1 (OrangeX4/latex2sympy, PS.g4), of text in lower case: upstream reads no other. The longest
 * word wins, so `\pir` is π and r, and letters that spell a matrix function are that function.
 */
export type TokenType =
  | '+'
  | '-'
  | '*'
  | '/'
  | 'mod'
  | '('
  | ')'
  | '{'
  | '}'
  | '['
  | ']'
  | '\\{'
  | '\\}'
  | 'lgroup'
  | 'rgroup'
  | 'lbrace'
  | 'rbrace'
  | 'lbrack'
  | 'rbrack'
  | 'bar'
  | 'floor open'
  | 'floor close'
  | 'corner open'
  | 'corner close'
  | 'ceil open'
  | 'ceil close'
  | 'ucorner open'
  | 'ucorner close'
  | 'left'
  | 'right'
  | 'mleft'
  | 'mright'
  | 'function'
  | 'functions'
  | 'operatorname'
  | 'name'
  | 'sqrt'
  | 'frac'
  | 'binom'
  | 'choose'
  | 'matrix'
  | 'end matrix'
  | 'det'
  | 'end det'
  | '&'
  | 'row'
  | '_'
  | '^'
  | ','
  | ';'
  | '!'
  | 'transpose'
  | 'e'
  | 'letter'
  | 'greek'
  | 'other'
  | 'accent'
  | 'differential'
  | 'symbol'
  | 'number'
  | 'percent number'
  | '='
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  /** Sums, integrals, limits: no number comes of them. */
  | 'numberless'
  /** A word that nothing can go on with. */
  | 'unused'
  | 'end';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const LITERALS = new Map<string, TokenType>();
const words = (type: TokenType, list: string, before = ''): void => {
  for (const word of list.split(' ')) if (!LITERALS.has(before + word)) LITERALS.set(before + word, type);
};
const commands = (type: TokenType, list: string): void => words(type, list, '\\');

for (const sign of ['+', '-', '*', '(', ')', '{', '}', '[', ']', '&', '_', '^', ',', ';', '!'] as const)
  words(sign, sign);
for (const sign of ['=', '<', '>', '==', '!='] as const) words(sign, sign);
words('/', '/ : \\over \\div');
words('transpose', "' ^{\\top}");
words('bar', '|');
words('!=', '!== \\ne \\neq \\not\\equiv');
words('row', '\\\\');
words('unused', '. <-> <=>');
words('e', 'e \\exponentiale');
commands('*', 'times cdot');
commands('mod', 'mod');
commands('\\{', '{');
commands('\\}', '}');
for (const bracket of ['lgroup', 'rgroup', 'lbrace', 'rbrace', 'lbrack', 'rbrack'] as const)
  commands(bracket, bracket);
for (const side of ['left', 'right', 'mleft', 'mright'] as const) commands(side, side);
commands('bar', 'lvert vert |');
commands('floor open', 'lfloor');
commands('floor close', 'rfloor');
commands('corner open', 'llcorner');
commands('corner close', 'lrcorner');
commands('ceil open', 'lceil');
commands('ceil close', 'rceil');
commands('ucorner open', 'ulcorner');
commands('ucorner close', 'urcorner');
commands('numberless', 'lim int sum prod in');
commands('unused', 'rvert to rightarrow longrightarrow leftrightarrow xrightarrow');
commands(
  'function',
  'log ln exp sin cos tan csc sec cot arcsin arccos arctan arccsc arcsec arccot sinh cosh tanh arsinh arcosh artanh arcsinh arccosh arctanh floor ceil det',
);
commands('functions', 'gcd lcm max min');
words(
  'name',
  'arsinh arcsinh arcosh arccosh artanh arctanh gcd lcm floor ceil eye zeros ones cols rows diag norm rank trace tr rref hstack vstack orth ortho orthogonal orthogonalize nullspace eig eigen diagonalize eigenvals eigenvalues eigenvects eigenvectors svd matrix pmatrix bmatrix vmatrix',
);
commands('operatorname', 'operatorname');
commands('sqrt', 'sqrt');
commands('frac', 'frac');
commands('binom', 'binom tbinom dbinom');
commands('choose', 'choose');
for (const kind of ['matrix', 'pmatrix', 'bmatrix']) {
  commands('matrix', `begin{${kind}}`);
  commands('end matrix', `end{${kind}}`);
}
commands('det', 'begin{vmatrix}');
commands('end det', 'end{vmatrix}');
commands('<=', 'le leq leqslant');
commands('>=', 'ge geq geqslant');
commands('==', 'equiv');
commands('symbol', 'pi partial infty infty\\%');
commands(
  'greek',
  'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega',
);
commands(
  'other',
  'wp nabla bigstar angle nexists diagdown measuredangle eth emptyset diagup sphericalangle clubsuit varnothing complement diamondsuit imath triangledown heartsuit jmath triangle spadesuit ell hbar vartriangle hslash blacklozenge lozenge blacksquare mho blacktriangle sharp prime flat square backprime natural surd',
);
commands(
  'accent',
  'acute bar overline breve check widecheck dot ddot grave hat tilde widetilde vec overrightarrow bm boldsymbol text textit mathbb mathbin mathbf mathcal mathclap mathclose mathellipsis mathfrak mathinner mathit mathnormal mathop mathopen mathord mathpunct mathrel mathring mathrlap mathrm mathscr mathsf mathsterling mathtt',
);

const LONGEST = Math.max(...[...LITERALS.keys()].map(({ length }) => length));
const NUMBER = /(?:\d*(?:,\d{3})*\.\d+|\d+(?:,\d{3})*)(\\%)?/y;
const DIFFERENTIAL = /d[ \t\r\n]*(?:[a-z]|\\[a-z]+)/y;
const SPACE = /[ \t\r\n]/;

/** The word at the first place from `from` on that is no space; null where no word begins there. */
export function tokenAt(text: string, from: number): Token | null {
  let start = from;
  while (SPACE.test(text.charAt(start))) start++;
  if (start >= text.length) return { type: 'end', text: '', start, end: start };
  const token = (type: TokenType, length: number): Token => ({
    type,
    text: text.slice(start, start + length),
    start,
    end: start + length,
  });
  const first = text.charAt(start);
  NUMBER.lastIndex = start;
  const number = NUMBER.exec(text);
  if (number) return token(number[1] === undefined ? 'number' : 'percent number', number[0].length);
  DIFFERENTIAL.lastIndex = start;
  const differential = DIFFERENTIAL.exec(text)?.[0].length ?? 0;
  for (let length = Math.min(LONGEST, text.length - start); length > 0; length--) {
    if (length <= differential) return token('differential', differential);
    const type = LITERALS.get(text.slice(start, start + length));
    // A space behind is part of a Greek letter's word.
    if (type !== undefined) return token(type, length);
  }
  return first >= 'a' && first <= 'z' ? token('letter', 1) : null;
}
