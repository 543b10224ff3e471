/** OCRBench's kinds of questions, by which its rows are told in VLMEvalKit's and lmms-eval's files. */
export const OCR_TYPES: ReadonlySet<unknown> = new Set([
  'Regular Text Recognition',
  'Irregular Text Recognition',
  'Artistic Text Recognition',
  'Handwriting Recognition',
  'Digit String Recognition',
  'Non-Semantic Text Recognition',
  'Scene Text-centric VQA',
  'Doc-oriented VQA',
  'Key Information Extraction',
  'Handwritten Mathematical Expression Recognition',
]);
