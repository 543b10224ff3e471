// Memory of the server while 100,000 predictions are imported and scored through the web: ten files of 10,834 rows, and one of 100,000.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peakDuring, serving } from './serving.mjs';

const SAMPLES = 10_834;
const box = (index) => [index % 300, 20, (index % 300) + 60, 90];

const annotations = Array.from({ length: SAMPLES }, (_, index) => ({
  image: `train2014/made_up_${index % 1500}.png`,
  problem: `Please provide the bounding box coordinate of the region this sentence describes: shape ${index}.`,
  solution: box(index),
  normalized_solution: box(index),
}));

const THINKING = 'Looking from left to right, the described region stands beside the others. '.repeat(10);
const row = (index, file) =>
  JSON.stringify({
    sample_id: String(index),
    output: `<think>${THINKING}${file}</think><answer>{"bbox_2d": [${box(index + (index % 7 === file % 7 ? 40 : 0)).join(', ')}]}</answer>`,
  });

const until = async (question) => {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 200));
};

export async function webMemory() {
  await serving(4197, async ({ address, folder, ocean, call, upload, memory }) => {
    const path = join(folder, 'refcoco_val.json');
    writeFileSync(path, JSON.stringify(annotations));
    ocean('benchmarks', 'install', 'refcoco', '--split', 'refcoco_val', '--from', path);
    const idle = memory();

    const submit = async (text, name) => {
      const { sha256 } = await upload(text);
      const target = { benchmark: 'refcoco', split: 'refcoco_val' };
      const report = await call('submissions.preflight', { fileSha256: sha256, fileName: name, ...target });
      const { runId } = await call('submissions.create', {
        fileSha256: sha256,
        fileName: name,
        ...target,
        model: {
          kind: 'new',
          name,
          family: 'bench',
          parametersB: null,
          openWeights: false,
          link: null,
          stage: 0,
          parentId: null,
        },
        prompt: null,
        generation: null,
      });
      await until(async () => {
        const input = encodeURIComponent(JSON.stringify({ json: { id: runId } }));
        const response = await fetch(`${address}/api/trpc/runs.get?input=${input}`, {
          headers: { authorization: 'Bearer bench-token-0000001' },
        });
        const { state, error } = (await response.json()).result.data.json;
        if (state === 'failed') throw new Error(error);
        return state === 'scored';
      });
      await call('submissions.publish', { runId });
      return report;
    };

    const started = performance.now();
    const peak = await peakDuring(memory, async () => {
      for (let file = 0; file < 10; file++) {
        await submit(
          Array.from({ length: SAMPLES }, (_, index) => row(index, file)).join('\n'),
          `Bench ${file}`,
        );
      }
    });
    console.log(`web, memory at rest                     ${idle.toFixed(0)} MB`);
    console.log(
      `web, 108,340 rows in ten files          ${peak.toFixed(0)} MB at most, ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );

    const long = Array.from({ length: 100_000 }, (_, index) => row(index, 10)).join('\n');
    const peakOfOne = await peakDuring(memory, () => submit(long, 'Bench long'));
    console.log(
      `web, one file of 100,000 rows (${(long.length / 1e6).toFixed(0)} MB)   ${peakOfOne.toFixed(0)} MB at most`,
    );
  });
}
