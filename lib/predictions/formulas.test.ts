import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { FORMULA_TYPE } from '@/lib/scoring/substring';
import { matchRows } from './match';
import { openPredictions } from './open';
import { workbook } from './workbook-fixture';

/** As OCRBench's annotations are laid out: one answer is a text, several are a list, and formulas end in a line break. */
const ANNOTATIONS = [
  ['What does the sign say?', "it's 5 o'clock", 'Regular Text Recognition'],
  ['What are the names?', ['"Ann"', "D'Arcy, B."], 'Key Information Extraction'],
  ['Write the formula in LaTeX.', ['y _ { 1 } = \\frac { a } { b }\n', 'y_1 = \\frac{a}{b}\n'], FORMULA_TYPE],
  [
    'Write the formula in LaTeX.',
    ['x ^ { 2 } + \\nu \\times \\tau\n', 'x^2 + \\nu \\times \\tau\n'],
    FORMULA_TYPE,
  ],
  ['Write the formula in LaTeX.', ['= 4 8\n', '=48\n'], FORMULA_TYPE],
].map(([question, answers, type], id) => ({
  id,
  question,
  answers,
  type,
  image_path: `${id}.png`,
  dataset_name: 'own',
}));

/** `str(list)` of the answers, written by CPython 3.11. */
const GOLDS = [
  `["it's 5 o'clock"]`,
  `['"Ann"', "D'Arcy, B."]`,
  String.raw`['y _ { 1 } = \\frac { a } { b }\n', 'y_1 = \\frac{a}{b}\n']`,
  String.raw`['x ^ { 2 } + \\nu \\times \\tau\n', 'x^2 + \\nu \\times \\tau\n']`,
  String.raw`['= 4 8\n', '=48\n']`,
];
const OUTPUTS = ["it's 5 o'clock", '"Ann"', 'y_1 = \\frac{a}{b}', 'x^2 + \\nu \\times \\tau', '=48'];

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const columns = ['index', 'question', 'answer', 'category', 'prediction'];
const rows = ANNOTATIONS.map(({ id, question, type }, i) =>
  [`${id}`, question, GOLDS[i], type, OUTPUTS[i]].map(String),
);

const FILES: Record<string, Uint8Array> = {
  "VLMEvalKit's tsv": strToU8(
    [columns, ...rows]
      .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join('\t'))
      .join('\n'),
  ),
  "VLMEvalKit's xlsx": zipSync(
    workbook({
      'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${[columns, ...rows]
        .map(
          (cells) =>
            `<row>${cells
              .map((cell) =>
                cell.startsWith('=')
                  ? `<c><f>${escaped(cell.slice(1))}</f><v>0</v></c>`
                  : `<c t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`,
              )
              .join('')}</row>`,
        )
        .join('')}</sheetData></worksheet>`,
    }),
  ),
  "VLMEvalKit's json": strToU8(
    JSON.stringify(rows.map((cells) => Object.fromEntries(columns.map((name, i) => [name, cells[i]])))),
  ),
  "lmms-eval's samples": strToU8(
    ANNOTATIONS.map(({ id, type, answers }, i) =>
      JSON.stringify({
        doc_id: id,
        target: GOLDS[i],
        filtered_resps: OUTPUTS[i],
        ocrbench_accuracy: { question_type: type, score: 1, prediction: OUTPUTS[i], ground_truth: answers },
      }),
    ).join('\n'),
  ),
};

test.each(Object.entries(FILES))(
  'every perfect output in %s is right, handwritten formulas too',
  async (_, bytes) => {
    const { readAnnotations, splits, scorers } = BENCHMARKS['ocr-bench'];
    const annotations = { name: 'OCRBench.json', bytes: strToU8(JSON.stringify(ANNOTATIONS)) };
    const samples = await readAnnotations(annotations, splits[0]);
    const file = await openPredictions({ name: 'file', size: bytes.length, chunks: () => [bytes] });
    expect(file.benchmarks).toEqual(['ocr-bench']);
    const verdicts = Array.from(matchRows(file.rows(), samples), ({ sample, row }) => [
      sample.sampleId,
      scorers[0].score(sample, row.output).correct,
    ]);
    expect(verdicts).toEqual(ANNOTATIONS.map(({ id }) => [`${id}`, true]));
  },
);
