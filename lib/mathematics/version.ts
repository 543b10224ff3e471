/** What is reproduced here: the verdicts of these releases, as `pip install math-verify==0.8.0` with SymPy 1.14.0 gives them. */
export const MATH_VERIFY = {
  repository: 'https://github.com/huggingface/Math-Verify',
  version: '0.8.0',
  commit: '5d148cf',
  latex2sympy: '1.10.2',
} as const;
