import { describe, expect, test } from 'vitest';
import { sceneOf } from '@/lib/benchmarks/ocean-world';
import { seedIn } from '@/lib/world/scene';
import { ask } from '@/lib/world/world';
import questions from './free-questions.json';
import { taught } from './taught';

/** Sixty questions in a stranger's words on twelve scenes; each with the kind of which it is, null where Nano was not taught it. */
const SIXTY = questions.flatMap(({ sampleId, questions }) =>
  questions.map(([question, kind]) => ({ sampleId, question: question ?? '', kind: kind ?? null })),
);

describe('questions in a stranger’s words', () => {
  test('are sixty, on twelve scenes', () => {
    expect([questions.length, SIXTY.length]).toEqual([12, 60]);
  });

  test.each(SIXTY)('$sampleId: $question', ({ sampleId, question, kind }) => {
    const scene = sceneOf('test', sampleId);
    if (scene === null) throw new Error(`there is no sample ${sampleId}`);
    const found = taught(question, scene.task);
    expect(found.taught ? found.kind : null).toBe(kind);
  });
});

/** What the seed asks has its answer beside it and is never doubted; whoever writes like that is mostly not doubted either. */
test.each(['counting', 'existence', 'relation', 'depth', 'distance', 'referring'] as const)(
  'the world’s own words are mostly known: %s',
  (task) => {
    const known = Array.from(
      { length: 100 },
      (_, nth) => taught(ask(task, seedIn('test', 5_000 + nth), 224).question.text, task).taught,
    );
    expect(known.filter(Boolean).length).toBeGreaterThan(60);
  },
);

test.each(['And the red ones?', 'Is it red?'])(
  'on solids it may go on from the question before: %s',
  (question) => {
    expect(taught(question, 'counting')).toEqual({ taught: true, kind: 'follow-up' });
  },
);

test.each([
  ['How many wheels does the bus have?', 'counting', 'the word “wheels”'],
  ['And the next?', 'table', 'to go on from a question about pictures like this one: ask it in full'],
  ['What is left of the cube?', 'relation', 'such questions without choices, (A) and (B), to pick from'],
  ['Who is that?', 'counting', 'to answer questions like this'],
  ['How many cubes are there?', null, 'with pictures like this one'],
] as const)('%s: it is said why', (question, task, why) => {
  expect(taught(question, task)).toEqual({ taught: false, why });
});
