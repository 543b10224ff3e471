import { strip } from '@/lib/python/text';
import type { Sample } from '@/lib/samples/sample';
import type { Scorer, Verdict } from '@/lib/scoring/scorer';
import type { TextSpan } from '@/lib/text-span';

/** The one category that is compared without its spaces and with its case. */
export const FORMULA_TYPE = 'Handwritten Mathematical Expression Recognition';

const withoutSpaces = (text: string): string => strip(text).replaceAll('\n', ' ').replaceAll(' ', '');
const lowered = (text: string): string => strip(text.toLowerCase()).replaceAll('\n', ' ');

const RULE =
  'An output is right where one of the true answers occurs in it as it stands, anywhere, thinking included. Case does not matter and a line break counts as a space; for handwritten formulas case matters and spaces do not. No judge model.';

/** VLMEvalKit's rule for OCRBench: a true answer occurs anywhere in the output, its thinking included. */
export const substringScorer: Scorer = {
  id: 'ocr-bench/vlmevalkit@e8e78f05',
  label: 'VLMEvalKit',
  rule: RULE,
  upstream: {
    repository: 'https://github.com/open-compass/VLMEvalKit',
    commit: 'e8e78f05',
    path: 'vlmeval/dataset/image_vqa.py',
  },
  score,
};

/** OCRBench's own script: it picks the formulas by their data set (HME100k), which are the same 100 samples. */
export const officialSubstringScorer: Scorer = {
  id: 'ocr-bench/official@794c36d6',
  label: 'Official',
  rule: RULE,
  upstream: {
    repository: 'https://github.com/Yuliang-Liu/MultimodalOCR',
    commit: '794c36d6423cf1d5764081128bcaeb46b240def6',
    path: 'OCRBench/example.py',
  },
  score,
};
function score({ gold, tags }: Sample, output: string): Verdict {
  const formula = tags.type === FORMULA_TYPE;
  const normalise = formula ? withoutSpaces : lowered;
  const golds = typeof gold === 'object' ? gold.map(String) : [String(gold)];
  const text = normalise(output);
  for (const accepted of golds) {
    const wanted = normalise(accepted);
    const at = text.indexOf(wanted);
    if (at < 0) continue;
    const span = spanInOutput(output, formula, at, wanted.length);
    const found = output.slice(...span);
    return { correct: true, answer: found, reason: `the output contains ${quote(accepted)}`, span };
  }
  const [first = '', ...others] = golds;
  const reason =
    others.length === 0
      ? `${quote(first)} does not occur in the output`
      : `none of the ${golds.length} true answers (${golds.map(quote).join(', ')}) occurs in the output`;
  return { correct: false, answer: null, reason, span: null };
}

const quote = (text: string): string => {
  const plain = strip(text);
  return `"${plain.length > 60 ? `${plain.slice(0, 60)}…` : plain}"`;
};

/** Where `length` units from `at` of the normalised output stand in the output itself. */
function spanInOutput(output: string, formula: boolean, at: number, length: number): TextSpan {
  const leading = output.length - strip(`${output}.`).length + 1;
  if (!formula && output.toLowerCase().length === output.length) return [leading + at, leading + at + length];
  // Normalising dropped or lengthened something before the place: count units character by character.
  let seen = 0;
  let start = -1;
  let end = output.length;
  let index = leading;
  for (const character of output.slice(leading)) {
    const units = formula
      ? character === ' ' || character === '\n'
        ? 0
        : character.length
      : character.toLowerCase().length;
    if (start < 0 && units > 0 && seen + units > at) start = index;
    seen += units;
    index += character.length;
    if (start >= 0 && seen >= at + length) {
      end = index;
      break;
    }
  }
  if (start < 0) start = end;
  return length === 0 ? [start, start] : [start, end];
}
