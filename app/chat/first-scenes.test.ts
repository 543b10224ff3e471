import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PICTURE_SIZE, sceneOf } from '@/lib/benchmarks/ocean-world';
import { sceneQuestions } from '@/lib/chat/scene-questions';
import { judge } from '@/lib/chat/verdict';
import { ask } from '@/lib/world/world';
import { FIRST_SAMPLES } from './first-scenes';

/** What the published evaluation has, in whose frame places are. */
function right(stage: string, sample: string): boolean | undefined {
  const found = sceneOf('test', sample);
  if (found === null) throw new Error(`the split has no ${sample}`);
  const { truth } = sceneQuestions(ask(found.task, found.seed, PICTURE_SIZE), PICTURE_SIZE).asked;
  const lines = readFileSync(`nano/predictions/nano-${stage}.jsonl`, 'utf8').split('\n');
  const { output } = JSON.parse(lines.find((line) => line.includes(`"${sample}"`)) ?? '{}');
  if (truth === null) throw new Error(`${sample} has no answer`);
  const frame = { width: PICTURE_SIZE, height: PICTURE_SIZE };
  return judge(truth, { text: output, end: { why: 'stop' }, frame })?.right;
}

test.each(FIRST_SAMPLES)('%s: the base is wrong, stage 2 is right', (sample) => {
  expect([right('base', sample), right('stage2', sample)]).toEqual([false, true]);
});
