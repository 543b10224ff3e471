import Link from 'next/link';
import { Command } from '../ui/command';
import { oceanHere } from '../ui/site-address';

/** A tiny file a format; which one a file is in is read from its content, never from its name. */
const FORMATS = [
  {
    name: 'Ocean-R1 JSON lines',
    words:
      'One line a sample; the ids are those that the command below prints. A first line may say what the file is.',
    example: `{"benchmark": "cv-bench", "split": "test", "model": "My model 7B"}
{"sample_id": "0", "output": "<think>…</think><answer>(B)</answer>"}
{"sample_id": "1", "output": "<answer>3</answer>"}`,
  },
  {
    name: 'Ocean-R1 and R1-V evaluation JSON',
    words: 'What the evaluation scripts write for counting, GEOQA, RefCOCO and CV-Bench.',
    example: `{"accuracy": 48.0,
 "results": [{"question": {"image_path": "…/superCLEVR_new_025000.png",
                           "question": "How many …?", "ground_truth": 5},
              "ground_truth": 5, "model_output": "<answer>5</answer>"}]}`,
  },
  {
    name: 'VLMEvalKit tables: xlsx, tsv, json',
    words:
      'The prediction file of a dataset, with its own columns; thinking may stand apart from the prediction.',
    example: `index  question  prediction
1      …         The sign says "tap".`,
  },
  {
    name: 'lmms-eval samples, JSON lines',
    words: 'The samples file of a task.',
    example: `{"doc_id": 0, "target": "B", "filtered_resps": ["(B)"]}`,
  },
  {
    name: 'MATH-V JSON lines',
    words: 'The official form of MathVision.',
    example: `{"id": "4", "response": "… so the answer is \\\\boxed{7}"}`,
  },
  {
    name: 'MathVista JSON',
    words: 'The official form: an object by problem id.',
    example: `{"1": {"pid": "1", "query": "…", "response": "The answer is 1.2"}}`,
  },
] as const;

export async function Formats() {
  const OCEAN = await oceanHere();
  return (
    <details className="submit-details">
      <summary>Accepted formats</summary>
      <div className="stack">
        <p className="text-muted">
          Any of these, plain or as <code>.gz</code> or <code>.zip</code>. Pickle is refused: opening one runs
          what is inside.
        </p>
        <ul className="submit-formats">
          {FORMATS.map(({ name, words, example }) => (
            <li key={name}>
              <p className="font-semibold">{name}</p>
              <p className="text-muted">{words}</p>
              <pre className="command mt-1">
                <code>{example}</code>
              </pre>
            </li>
          ))}
        </ul>
        <div>
          <p className="label">The sample ids and questions of a benchmark</p>
          <Command>{`${OCEAN} benchmarks install cv-bench\n${OCEAN} benchmarks samples cv-bench --json`}</Command>
          <p className="text-muted">
            <Link href="/cli">The command</Link> comes from this site and runs without it.
          </p>
        </div>
      </div>
    </details>
  );
}
