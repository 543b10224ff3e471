import { constant, type Expression } from '@/lib/mathematics/expression';

const GREEK = new Map(
  [...'αβγΓδΔεϵζηθΘϑικλΛμνξΞοπΠϖρϱσΣςτυΥφΦϕχψΨωΩ'].map((letter, index) => [
    letter,
    'alpha beta gamma gamma delta delta epsilon varepsilon zeta eta theta theta vartheta iota kappa lambda lambda mu nu xi xi omicron pi pi varpi rho varrho sigma sigma varsigma tau upsilon upsilon phi phi varphi chi psi psi omega omega'.split(
      ' ',
    )[index] ?? letter,
  ]),
);

/** Letters are compared without their case; `\pi`, π and `\Pi` are the number. */
export function symbol(text: string, real: boolean): Expression {
  const trimmed = text.trim();
  const name = (GREEK.get(trimmed) ?? (trimmed.startsWith('\\') ? trimmed.slice(1) : trimmed)).toLowerCase();
  return name === 'pi' ? constant('pi') : { kind: 'symbol', name, real };
}

/** The name of `\vec{a}`, `\text{cm}` and the like: of text only what it says, without spaces and parentheses. */
export function accented(token: string): string {
  const open = token.indexOf('{');
  const accent = token.slice(1, open).trim();
  const text = token.slice(open + 1, -1).replaceAll(' ', '');
  if (accent.includes('text') || accent === 'mbox') return text.replace(/[()]/g, '');
  const name =
    { overline: 'bar', overrightarrow: 'vec', widetilde: 'tilde' }[accent] ??
    (accent.includes('math') ? 'math' : accent);
  return `${name}{${text}}`;
}

/** Where upstream takes the letters for complex: it looks for a lone i, ℂ, and the words of matrices. */
export const COMPLEX =
  /\\mathbb\{C\}|\\i(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_])i(?![\p{L}\p{N}_])|\\(?:text|mathrm)\{i\}|\\imath(?![\p{L}\p{N}_])|\\det|\\operatorname\{(?:tr|rank|Re|Im)\}|\\text\{(?:rank|Re|Im)\}|\\(?:arg|Re|Im)\{/u;
