import { parseArgs } from 'node:util';
import { geoqa } from '@/lib/benchmarks/geoqa';
import { mathVision } from '@/lib/benchmarks/math-vision';
import type { Step } from '@/lib/mathematics/compare';
import { keyOf } from '@/lib/mathematics/expression';
import { type Parsed, parseAnswers } from '@/lib/mathematics/parse';
import { verify } from '@/lib/mathematics/verify';
import { MATH_VERIFY } from '@/lib/mathematics/version';
import type { Sample } from '@/lib/samples/sample';
import type { Scorer } from '@/lib/scoring/scorer';
import { type Command, EXIT, OCEAN, print, table, UsageError } from './command';
import { formula, valueWords } from './value-words';

const SCORERS: readonly Scorer[] = [...geoqa.scorers, ...mathVision.scorers];

const help = `Compares two answers in mathematics and says how each of them was read.

Usage: ${OCEAN} answers GOLD PREDICTION [--rule RULE] [--json]

  GOLD, PREDICTION  two texts, each an answer alone or a whole output: LaTeX between $ … $, \\( … \\), \\[ … \\] or in
                    \\boxed{…}, or plain numbers; also -3. One that begins with -- comes behind --
  --rule            math-verify (left out), or a scorer of an open question:
                    ${SCORERS.map(({ id }) => id).join(',\n                    ')}
  --json            one JSON object {rule, equal, reason, undecided, step, pair, gold, prediction}; of each text what was found in it,
                    {kind, text, span, form, value}, in the order in which it is compared; "equal" is null where a judge model
                    would have to say, and of a scorer only {rule, equal, reason, answer, span} is told

Which is the gold matters: to Math-Verify $x>2$ equals $(2,\\infty)$ only where it is the gold.
Exit codes: 0 equal, 4 not equal or not decided, 2 bad use.

Example:
  ${OCEAN} answers '\\frac{1}{2}' 'So it is \\boxed{0.5}.'
  ${OCEAN} answers -3 '$x = -3$' --json
`;

const options = {
  rule: { type: 'string', default: 'math-verify' },
  json: { type: 'boolean' },
} as const;

export const answers: Command = {
  help,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: negativesAllowed(args),
      options,
      allowPositionals: true,
    });
    const [gold, prediction, ...more] = positionals.map((text) => text.replace(/^\0/, ''));
    if (gold === undefined || prediction === undefined || more.length > 0)
      throw new UsageError(`name two answers, each in quotes: ${OCEAN} answers GOLD PREDICTION`);
    const told =
      values.rule === 'math-verify'
        ? byMathVerify(gold, prediction)
        : byScorer(scorerNamed(values.rule), gold, prediction);
    print(values.json ? JSON.stringify(told.json) : told.text);
    if (told.json.equal !== true) process.exitCode = EXIT.notEqual;
  },
};

/** `-3` and `-x` are answers, no options: a NUL, which no argument holds, hides the sign from parseArgs. */
function negativesAllowed(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return args.map((arg, i) => (i < end && /^-[^-]/.test(arg) && args[i - 1] !== '--rule' ? `\0${arg}` : arg));
}

function scorerNamed(name: string): Scorer {
  const scorer = SCORERS.find(({ id }) => id === name || id.replace(/@.*/, '') === name);
  if (scorer === undefined)
    throw new UsageError(
      `there is no rule "${name}"; there are math-verify, ${SCORERS.map(({ id }) => id).join(', ')}`,
    );
  return scorer;
}

interface Told {
  json: Readonly<Record<string, unknown>> & { equal: boolean | null };
  text: string;
}

function byScorer(scorer: Scorer, gold: string, prediction: string): Told {
  const sample: Sample = {
    sampleId: '',
    question: '',
    options: null,
    gold,
    tags: {},
    image: null,
    cluster: '',
  };
  const { correct, answer, reason, span } = scorer.score(sample, prediction);
  const words = correct === null ? 'needs a judge' : correct ? 'right' : 'wrong';
  return {
    json: { rule: scorer.id, equal: correct, reason, answer, span },
    text: [
      `${words}, by ${scorer.id}: ${reason}`,
      '',
      table([
        ['  gold', quoted(gold)],
        ['  prediction', quoted(prediction)],
        ['    found', answer === null ? 'nothing' : `${quoted(answer)}${placeWords(span)}`],
      ]),
    ].join('\n'),
  };
}

function byMathVerify(gold: string, prediction: string): Told {
  const [golds, predictions] = [parseAnswers(gold), parseAnswers(prediction)];
  const { equal, matched, undecided } = verify(golds, predictions);
  const reason = matched === null ? whyNot(golds, predictions, undecided) : why(matched);
  return {
    json: {
      rule: `math-verify@${MATH_VERIFY.version}`,
      equal,
      reason,
      undecided,
      step: matched?.step ?? null,
      pair: matched && { gold: golds.indexOf(matched.gold), prediction: predictions.indexOf(matched.target) },
      gold: golds.map(asJson),
      prediction: predictions.map(asJson),
    },
    text: [
      `${equal ? 'equal' : 'not equal'}, as Math-Verify ${MATH_VERIFY.version} has it: ${reason}`,
      '',
      table([...readingRows('gold', gold, golds), ...readingRows('prediction', prediction, predictions)]),
    ].join('\n'),
  };
}

const readAs = (parsed: Parsed): string =>
  parsed.kind === 'value' ? valueWords(parsed.value) : `the text ${quoted(parsed.text)}`;

/** What a step looks at, where the values are written differently. */
const STEPS: Record<Step, string> = {
  form: 'the same, once a side of an equation or its solutions are taken',
  solutions: 'the relation holds there and nowhere else, as far as points show',
  relations: 'as relations',
  sets: 'member by member',
  letters: 'both are spelled alike',
  matrices: 'entry by entry',
  infinities: 'both are infinite, and alike',
  numbers: 'as numbers, decimals rounded to 6 places and others to 15 digits',
  identity: 'they have the same value at all points that were tried',
};

function why({ gold, target: prediction, step }: { gold: Parsed; target: Parsed; step: Step }): string {
  if (gold.kind === 'string' || prediction.kind === 'string') return `both are ${readAs(gold)}`;
  return keyOf(gold.value) === keyOf(prediction.value)
    ? `both are read as ${valueWords(gold.value)}`
    : `${valueWords(gold.value)} equals ${valueWords(prediction.value)}: ${STEPS[step]}`;
}

function whyNot(golds: readonly Parsed[], predictions: readonly Parsed[], undecided: string | null): string {
  const [gold, prediction] = [golds[0], predictions[0]];
  if (gold === undefined || prediction === undefined) {
    const empty = [gold ?? 'the gold', prediction ?? 'the prediction'].filter(
      (each) => typeof each === 'string',
    );
    return `nothing is found in ${empty.join(' and ')}, and nothing equals nothing`;
  }
  if (undecided !== null)
    return `whether ${readAs(gold)} equals ${readAs(prediction)} could not be decided (${undecided}), which counts as not equal`;
  return gold.kind === prediction.kind
    ? `${readAs(gold)} does not equal ${readAs(prediction)}, nor are their texts the same`
    : `${readAs(gold)} does not equal ${readAs(prediction)}: a text equals only the same text`;
}

/** On one line, with LaTeX as it is written. */
const quoted = (text: string): string => {
  const line = text.replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `“${line.length > 200 ? `${line.slice(0, 199)}…` : line}”`;
};

/** A half-open span of offsets from 0, as people count: from 1, the last one included. */
const placeWords = (span: Parsed['span'] | null): string =>
  span === null ? '' : ` at characters ${span[0] + 1} to ${span[1]}`;

function readingRows(side: string, text: string, read: readonly Parsed[]): string[][] {
  const rows = [[`  ${side}`, quoted(text)]];
  if (read.length === 0) rows.push(['    found', `nothing that can be read${latexHint(text)}`]);
  for (const [i, parsed] of read.entries()) {
    const found = quoted(text.slice(...parsed.span));
    if (String(parsed.span) !== String(read[i - 1]?.span))
      rows.push(['    found', `${found}${placeWords(parsed.span)}`]);
    const cleaned = quoted(parsed.text);
    const from = parsed.kind === 'string' || cleaned === found ? '' : `, from ${cleaned}`;
    rows.push([i === 0 ? '    read as' : '    or as', `${readAs(parsed)}${from}`]);
  }
  return rows;
}

/** What people meet most: `\text{37}` without dollars is no formula to Math-Verify. */
const latexHint = (text: string): string =>
  /\\[a-zA-Z]/.test(text) && !/\$|\\\(|\\\[|\\boxed|\\begin/.test(text)
    ? '; LaTeX counts only between $ … $, \\( … \\), \\[ … \\] or in \\boxed{…}'
    : '';

const asJson = (parsed: Parsed) => ({
  kind: parsed.kind === 'value' ? 'value' : 'text',
  text: parsed.text,
  span: parsed.span,
  form: parsed.kind === 'value' ? parsed.value.kind : null,
  value: parsed.kind === 'value' ? formula(parsed.value) : null,
});
