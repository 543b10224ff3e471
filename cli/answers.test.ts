import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answers } from './answers';
import { UsageError } from './command';

let out = '';
beforeEach(() => {
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What `ocean answers` prints, and its exit code. */
async function said(...args: readonly string[]): Promise<{ code: number; out: string }> {
  out = '';
  process.exitCode = undefined;
  await answers.run(args);
  return { code: Number(process.exitCode ?? 0), out };
}
const json = async (...args: readonly string[]) => JSON.parse((await said(...args, '--json')).out);

describe('ocean answers', () => {
  it('says how both were read, where they were found, and that they are equal', async () => {
    const { code, out } = await said('$x=\\frac{1}{2}$', 'So it is \\boxed{ 1/2}.');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^equal, as Math-Verify 0\.8\.0 has it: the relation x = 1\/2 equals the number 1\/2: the same, once a side of an equation or its solutions are taken\n/,
    );
    expect(out).toMatch(
      /found +“x=\\frac\{1\}\{2\}” at characters 2 to 14\n +read as +the relation x = 1\/2\n/,
    );
    expect(out).toMatch(
      /found +“\\boxed\{ 1\/2\}” at characters 10 to 21\n +read as +the number 1\/2, from “/,
    );
    expect(await json('$x=\\frac{1}{2}$', 'So it is \\boxed{ 1/2}.')).toMatchObject({
      rule: 'math-verify@0.8.0',
      equal: true,
      undecided: null,
      step: 'form',
      pair: { gold: 0, prediction: 0 },
      gold: [{ kind: 'value', form: 'relation', value: 'x = 1/2', span: [1, 14] }, { kind: 'text' }],
      prediction: [{ form: 'number', value: '1/2', span: [9, 21] }, { kind: 'text' }],
    });
    expect((await said('37', '$37$')).out).toMatch(/^equal, .*: both are read as the number 37\n/);
  });

  it.each([
    ['37', '$37$', 'form'],
    ['$x^2<4$', '$(-2,2)$', 'form'],
    ['0.333333', '$\\frac13$', 'numbers'],
    ['$(x+1)^2$', '$x^2+2x+1$', 'identity'],
    ['$\\{\\frac13, 2\\}$', '$\\{2, 0.333333\\}$', 'sets'],
    ['$xy=1$', '$y=\\frac1x$', 'relations'],
    ['4', '\\boxed{\\text{4}}', 'letters'],
    ['$\\infty$', '$2\\infty$', 'infinities'],
    ['$2\\begin{pmatrix}1&0.5\\end{pmatrix}$', '$\\begin{pmatrix}2&1\\end{pmatrix}$', 'matrices'],
    ['1', '2', null],
  ])('says by which step %s equals %s: %s', async (gold, prediction, step) => {
    expect(await json(gold, prediction)).toMatchObject({ equal: step !== null, step });
  });

  it('takes negative numbers and letters for answers, and what stands behind -- as it is', async () => {
    expect(await json('-3', '$-3$')).toMatchObject({ equal: true });
    expect(await json('$-x$', '-3')).toMatchObject({ equal: false, prediction: [{ value: '-3' }, {}] });
    expect(await json('--rule', 'math-verify', '-0.50', '-0.5')).toMatchObject({ equal: true });
    await answers.run(['--', '--json', '3']);
    expect(out).toMatch(/gold +“--json”/);
  });

  it('keeps gold and prediction apart', async () => {
    expect(await json('-3', '4')).toMatchObject({
      gold: [{ value: '-3' }, {}],
      prediction: [{ value: '4' }, {}],
    });
    expect(await json('$x>2$', '$(2,\\infty)$')).toMatchObject({ equal: true });
    expect(await json('$(2,\\infty)$', '$x>2$')).toMatchObject({ equal: false });
  });

  it('says what is not equal, what is not found, and that LaTeX needs its dollars', async () => {
    const { code, out } = await said('37', '\\text{abc}');
    expect(code).toBe(4);
    expect(out).toMatch(/^not equal, .*: nothing is found in the prediction/);
    expect(out).toMatch(/nothing that can be read; LaTeX counts only between \$ … \$/);
    expect((await said('37', '38')).out).toMatch(
      /^not equal, .*: the number 37 does not equal the number 38/,
    );
    expect((await said('', '')).out).toMatch(/nothing is found in the gold and the prediction/);
  });

  it.each([
    ['$\\sqrt{3}x$', 'the expression sqrt(3)*x', 'product'],
    ['$0<f(x)<1$', 'the relation 0 < f(x) and f(x) < 1', 'chain'],
    ['$-3x^2+2x-1$', 'the expression -3*x^2 + 2*x - 1', 'sum'],
    ['$[0,1)$', 'the interval [0, 1)', 'interval'],
    ['$\\{1,2\\}$', 'the set {1, 2}', 'set'],
    ['$(1,2,3)$', 'the tuple (1, 2, 3)', 'tuple'],
    ['$x=2$', 'the relation x = 2', 'relation'],
    ['$\\boxed{-0.05}$', 'the number -0.05', 'decimal'],
    ['$\\frac{-x+1}{2y}$', 'the expression (-x + 1)/(2*y)', 'product'],
    ['$(-2)^{n}$', 'the expression (-2)^n', 'power'],
    ['$2\\pi$', 'the expression 2*pi', 'product'],
  ])('reads %s as %s', async (text, words, form) => {
    expect((await said(text, text)).out).toContain(words);
    expect(await json(text, text)).toMatchObject({ equal: true, gold: [{ form }, {}] });
  });

  it("applies a scorer's rule, by its name with or without the version", async () => {
    expect(await json('8√{3}', '$8$', '--rule', 'geoqa/seed')).toMatchObject({ equal: true, answer: '8' });
    expect(await json('8√{3}', '$8$', '--rule', 'geoqa/strict@3')).toMatchObject({ equal: false });
    expect((await said('4', 'It is \\boxed{4}.', '--rule', 'math-vision/official')).code).toBe(0);
    const judged = await said('4', 'I say four.', '--rule=math-vision/vlmevalkit');
    expect(judged.out).toMatch(/^needs a judge/);
    expect(judged.code).toBe(4);
  });

  it('lets no answer command the terminal', async () => {
    const { out } = await said('3\u001b[2J', '\u202e3\u009b');
    expect(out).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
    expect(out).toContain('\\u001b[2J');
  });

  it.each([
    [[], /name two answers/],
    [['3'], /name two answers/],
    [['3', '4', '5'], /name two answers/],
    [['3', '4', '--rule', 'chess'], /there is no rule "chess"; there are math-verify, geoqa/],
  ])('refuses %j', async (args, words) => {
    await expect(answers.run(args)).rejects.toThrow(words);
    await expect(answers.run(args)).rejects.toBeInstanceOf(UsageError);
  });

  it('refuses an option that it does not have', async () => {
    await expect(answers.run(['3', '4', '--colour'])).rejects.toThrow(/Unknown option '--colour'/);
  });
});
