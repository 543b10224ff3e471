import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PICTURE_SIZE, sceneOf } from '@/lib/benchmarks/ocean-world';
import { sceneQuestions } from '@/lib/chat/scene-questions';
import { WORLD_VERSION } from '@/lib/world/scene';
import { ask } from '@/lib/world/world';
import { firstQuestion } from './first-question';

const SAMPLE = 'counting-000870';

test('the first question is one of the test split, with what the published evaluation has', () => {
  const found = sceneOf('test', SAMPLE);
  if (found === null) throw new Error(`the split has no ${SAMPLE}`);
  const { question, truth } = sceneQuestions(ask(found.task, found.seed, PICTURE_SIZE), PICTURE_SIZE).asked;
  const output = (stage: string): string => {
    const lines = readFileSync(`nano/predictions/nano-${stage}.jsonl`, 'utf8').split('\n');
    const line = lines.find((each) => each.includes(`"${SAMPLE}"`)) ?? '';
    return JSON.parse(line).output;
  };
  const recorded = {
    sampleId: SAMPLE,
    scene: { ...found, size: PICTURE_SIZE, version: WORLD_VERSION },
    question,
    truth,
    frame: { width: 160, height: 160 },
    outputs: { base: output('base'), stage2: output('stage2') },
  };
  expect(firstQuestion, JSON.stringify(recorded)).toEqual(recorded);
});
