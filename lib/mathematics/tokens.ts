/**
 * The words of latex2sympy2_extended 1.10.2 (huggingface/latex2sympy2_extended 0873506, src/latex2sympy2_extended/PS.g4):
 * the longest wins, so `\pir` is π and r, and letters that spell a matrix function are that function.
 */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
}
export type TokenType =
  | '+'
  | '-'
  | '*'
  | ':'
  | 'mod'
  | '('
  | ')'
  | '{'
  | '}'
  | '['
  | ']'
  | '\\('
  | '\\)'
  | '\\{'
  | '\\}'
  | '|'
  | 'norm'
  | 'lgroup'
  | 'rgroup'
  | 'lbrace'
  | 'rbrace'
  | 'lbrack'
  | 'rbrack'
  | 'lvert'
  | 'rvert'
  | 'vert'
  | 'langle'
  | 'rangle'
  | 'lfloor'
  | 'rfloor'
  | 'lceil'
  | 'rceil'
  | 'llcorner'
  | 'lrcorner'
  | 'ulcorner'
  | 'urcorner'
  | '_'
  | '^'
  | ';'
  | ','
  | '!'
  | '&'
  | 'row'
  | 'transpose'
  | 'degree'
  | 'number'
  | 'scientific'
  | 'percent number'
  | 'letter'
  | 'e'
  | 'E'
  | 'greek'
  | 'other'
  | 'accent'
  | 'differential'
  | 'symbol'
  | 'name'
  | 'function'
  | 'functions'
  | 'operatorname'
  | 'frac'
  | 'binom'
  | 'choose'
  | 'sqrt'
  | 'int'
  | 'sum'
  | 'lim'
  | 'to'
  | 'boxed'
  | 'phantom'
  | 'matrix'
  | 'end matrix'
  | 'array'
  | 'end array'
  | 'det'
  | 'end det'
  | 'in'
  | 'notin'
  | '='
  | '=='
  | '≈'
  | '<'
  | '≤'
  | '>'
  | '≥'
  | '≠'
  | 'cup'
  | 'cap'
  | 'setminus'
  | '±'
  | 'named set'
  | 'subset'
  | 'supset'
  | 'unused'
  | 'end';

const split = (list: string) => list.split(' ');
const LITERALS = new Map<string, TokenType | 'skip'>();
const literals = (type: TokenType | 'skip', list: string) => {
  for (const text of split(list)) if (!LITERALS.has(text)) LITERALS.set(text, type);
};
const commands = (type: TokenType | 'skip', list: string) =>
  literals(
    type,
    split(list)
      .map((name) => `\\${name}`)
      .join(' '),
  );

literals('transpose', "^T ^{T} '");
literals('degree', '^\\circ ^\\degree ^\\circle ^° ^{\\circ} ^{\\degree} ^{\\circle} ^{°}');
commands('skip', ', thinspace : medspace ; thickspace quad qquad ! negthinspace negmedspace negthickspace $');
commands('skip', 'vrule vcenter vbox vskip vspace hfil');
literals('+', '+ ∔ ⊕ ⊞');
literals('-', '- − ∸');
literals('*', '* × ⋅ ⋄ ⊡ ∗ ⋆ ∘ ∙ ⊗ ⊠ ⋈ ⋉ ⋊ \\times \\cdot');
literals(':', '/ ÷ ∕ \\over \\div :');
commands('mod', 'mod');
for (const bracket of ['(', ')', '{', '}', '[', ']', '\\(', '\\)', '\\{', '\\}', '|'] as const)
  literals(bracket, bracket);
literals('norm', '\\|');
for (const name of [
  'lgroup',
  'rgroup',
  'lbrace',
  'rbrace',
  'lbrack',
  'rbrack',
  'lvert',
  'rvert',
  'vert',
  'langle',
  'rangle',
  'lfloor',
  'rfloor',
  'lceil',
  'rceil',
  'llcorner',
  'lrcorner',
  'ulcorner',
  'urcorner',
] as const)
  commands(name, name);
commands('boxed', 'boxed');
commands('phantom', 'phantom');
commands('lim', 'lim');
commands('to', 'to rightarrow Rightarrow longrightarrow Longrightarrow');
commands('int', 'int');
commands('sum', 'sum prod');
commands(
  'function',
  'log ln exp sin cos tan csc sec cot arcsin arccos arctan arccsc arcsec arccot sinh cosh tanh arsinh arcosh artanh arcsinh arccosh arctanh floor ceil det',
);
literals(
  'name',
  'arsinh arcsinh arcosh arccosh artanh arctanh gcd lcm floor ceil eye zeros ones cols rows diag norm rank trace tr rref hstack vstack orth ortho orthogonal orthogonalize nullspace eig eigen diagonalize eigenvals eigenvalues eigenvects eigenvectors svd SVD matrix pmatrix bmatrix vmatrix',
);
commands('sqrt', 'sqrt');
commands('functions', 'gcd lcm max min');
commands('frac', 'frac dfrac tfrac cfrac');
commands('binom', 'binom tbinom dbinom');
commands('choose', 'choose');
commands('unused', 'mathit xrightarrow xRightarrow leftrightarrow Leftrightarrow variable');
literals('unused', '<-> <=> .');
commands('operatorname', 'operatorname');
for (const kind of ['matrix', 'pmatrix', 'bmatrix']) {
  literals('matrix', `\\begin{${kind}}`);
  literals('end matrix', `\\end{${kind}}`);
}
literals('end array', '\\end{array}');
literals('det', '\\begin{vmatrix}');
literals('end det', '\\end{vmatrix}');
for (const mark of ['&', '_', '^', ';', ',', '!', '==', '>', '<'] as const) literals(mark, mark);
literals('row', '\\\\');
literals('e', 'e \\exponentialE');
literals('E', 'E');
commands('in', 'in');
literals('=', '= ≡ ≣ ≟ ≎ ≏ ≐ ≑ ≒ ≓ ≔ ≕ ≖ ≗');
commands('==', 'equiv');
literals('≈', '~= ≈ ≊ ≋ ≃ ≅ \\approx');
literals('<', '< ≪ ≺ ⋖ \\lt');
literals('≤', '\\leq \\le \\leqslant ≤ ≦ ≲ ≾ <=');
literals('>', '> ≫ ≻ ⋗ \\gt');
literals('≥', '\\geq \\ge \\geqslant ≥ ≧ ≳ ≿ >=');
literals('≠', '!= !== \\ne \\neq \\not\\equiv ≠ ≁ ≄ ≇ ≉ ≢');
commands(
  'greek',
  'alpha beta gamma Gamma delta Delta epsilon varepsilon zeta eta theta Theta vartheta iota kappa lambda Lambda mu nu xi Xi omicron pi Pi varpi rho varrho sigma Sigma varsigma tau upsilon Upsilon phi Phi varphi chi psi Psi omega Omega',
);
literals('greek', 'α β γ Γ δ Δ ε ϵ ζ η θ Θ ϑ ι κ λ Λ μ ν ξ Ξ ο π Π ϖ ρ ϱ σ Σ ς τ υ Υ φ Φ ϕ χ ψ Ψ ω Ω');
commands(
  'other',
  'Bbbk wp nabla bigstar angle nexists diagdown measuredangle eth diagup sphericalangle clubsuit varnothing Diamond complement diamondsuit imath Finv triangledown heartsuit jmath Game triangle spadesuit ell hbar vartriangle hslash blacklozenge lozenge blacksquare mho blacktriangle sharp prime Im flat square backprime Re natural surd circledS',
);
literals('other', 'ℵ ℶ ℷ ℸ');
commands('symbol', 'partial infty infty% infty\\%');
literals(
  'named set',
  '\\mathbb{N} ℕ \\mathbb{Z} ℤ \\mathbb{Q} ℚ \\mathbb{R} ℝ \\mathbb{C} ℂ \\mathbb{P} ℙ \\emptyset ∅ \\{\\} \\lbrace\\rbrace',
);
literals('cup', '\\cup ∪');
literals('cap', '\\cap ∩');
literals('setminus', '\\setminus ∖');
literals('±', '\\pm ± ∓ \\mp');
literals('supset', '\\supseteq ⊇');
literals('subset', '\\subseteq ⊆');
literals('notin', '\\notin ∉');

/** By first character, the lengths that a literal can have, longest first. */
const LENGTHS = new Map<string, number[]>();
for (const text of LITERALS.keys()) {
  const first = text.charAt(0);
  const lengths = LENGTHS.get(first) ?? [];
  if (!lengths.includes(text.length)) lengths.push(text.length);
  LENGTHS.set(
    first,
    lengths.sort((a, b) => b - a),
  );
}

const ACCENT =
  /\\(?:acute|bar|overline|breve|check|widecheck|dot|ddot|grave|hat|tilde|widetilde|vec|overrightarrow|bm|boldsymbol|text|textit|textbf|textnormal|mathbb|mathbin|mathbf|mathcal|mathclap|mathclose|mathellipsis|mathfrak|mathinner|mathit|mathnormal|mathop|mathopen|mathord|mathpunct|mathrel|mathring|mathrlap|mathrm|mathscr|mathsf|mathsterling|mathtt|mbox)[ \t\r\n]?\{(?:\\\}|[^}])*\}/y;
const ARRAY = /\\begin\{array\}\{[clr]*\}/y;
const DIFFERENTIAL = /d[ \t\r\n]*(?:[a-zA-Z]|\\[a-zA-Z]+)/y;
const NUMERAL = '(?:[0-9]*\\.[0-9]+|[0-9]+)';
const NUMBER = new RegExp(NUMERAL, 'y');
const SCIENTIFIC = new RegExp(`${NUMERAL}E[-−∸+∔⊕⊞]?[0-9]+`, 'y');
const PERCENT = new RegExp(`${NUMERAL}[ \\t\\r\\n]?\\\\?%`, 'y');
const SPACE = /[ \t\r\n]/;
const LETTER = /[a-zA-Z]/;

const matched = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex - at : 0;
};

/** The words of the text, `end` last; null where a character belongs to none, or there are more than `limit`. */
export function tokenise(text: string, limit: number): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const first = text.charAt(at);
    if (SPACE.test(first)) {
      at++;
      continue;
    }
    let length = 0;
    let type: TokenType | 'skip' = 'end';
    const offer = (candidate: number, of: TokenType | 'skip') => {
      if (candidate > length) {
        length = candidate;
        type = of;
      }
    };
    for (const size of LENGTHS.get(first) ?? []) {
      const literal = LITERALS.get(text.slice(at, at + size));
      if (literal !== undefined && at + size <= text.length) {
        offer(size, literal);
        break;
      }
    }
    if (first === '\\') {
      offer(matched(ACCENT, text, at), 'accent');
      if (text.startsWith('\\begin{array}', at)) offer(matched(ARRAY, text, at), 'array');
    } else if ((first >= '0' && first <= '9') || first === '.') {
      offer(matched(NUMBER, text, at), 'number');
      offer(matched(SCIENTIFIC, text, at), 'scientific');
      offer(matched(PERCENT, text, at), 'percent number');
    } else if (LETTER.test(first)) {
      if (first === 'd') offer(matched(DIFFERENTIAL, text, at), 'differential');
      offer(1, 'letter');
    }
    if (length === 0 || tokens.length >= limit) return null;
    if ((type as string) !== 'skip')
      tokens.push({ type: type as TokenType, text: text.slice(at, at + length) });
    at += length;
  }
  tokens.push({ type: 'end', text: '' });
  return tokens;
}
