import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TRAINED, untrained } from './trained';

test('the rows of each stage are made of the tasks that it is said to train', () => {
  const script = readFileSync(new URL('../../trainer/nano.sh', import.meta.url), 'utf8');
  const solids = /^solids=(.*)$/m.exec(script)?.[1] ?? '';
  for (const stage of ['stage1', 'stage2'] as const) {
    const tasks = new RegExp(`--task (\\S+) .*--out rows/${stage}$`, 'm').exec(script)?.[1];
    expect(tasks?.replace('$solids', solids).split(',')).toEqual(TRAINED[stage]);
    // Both learn of these rows and of more counting, which both train.
    const recipe = readFileSync(new URL(`../../trainer/recipes/nano-${stage}.toml`, import.meta.url), 'utf8');
    expect(recipe).toMatch(
      new RegExp(`^files = \\[\\{ path = "rows/${stage}" \\}, \\{ path = "rows/counting"[^{}]*\\}\\]$`, 'm'),
    );
  }
  expect(untrained('stage1')).toEqual(['existence', 'relation', 'depth', 'distance', 'referring']);
});
