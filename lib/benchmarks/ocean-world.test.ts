import { beforeAll, describe, expect, it } from 'vitest';
import type { GeneratedSource, Split } from '@/lib/benchmarks/benchmark';
import { oceanWorld, PICTURE_SIZE } from '@/lib/benchmarks/ocean-world';
import type { Sample } from '@/lib/samples/sample';
import { evaluationPrompt, perfectResponse } from '@/lib/world/prompts';
import { ABILITY, type Question, TASKS } from '@/lib/world/question';
import { SPLITS, seedIn } from '@/lib/world/scene';
import { ask } from '@/lib/world/world';

/** A beginning of a split is enough: the whole takes ten seconds. */
const EACH = 4;
const MANY = EACH * TASKS.length;
const [scorer] = oceanWorld.scorers;

const sourceOf = ({ source }: Split): GeneratedSource => {
  if (source.kind === 'published') throw new Error('the world is generated');
  return source;
};

async function beginning(split: Split): Promise<readonly Sample[]> {
  const lines: string[] = [];
  for await (const line of sourceOf(split).lines()) if (lines.push(line) === MANY) break;
  return oceanWorld.readAnnotations(
    { name: 'beginning.jsonl', bytes: new TextEncoder().encode(lines.join('\n')) },
    split,
  );
}

const asked = (split: Split, sample: Sample) => {
  const task = TASKS.find((each) => each === sample.tags.task);
  if (task === undefined) throw new Error(`no task ${sample.tags.task}`);
  const n = Number(sample.sampleId.slice(-6));
  const found = SPLITS.find((each) => each === split.id);
  if (found === undefined) throw new Error(`no split ${split.id}`);
  return ask(task, seedIn(found, n), PICTURE_SIZE).question;
};

describe.each(oceanWorld.splits.map((split) => [split.id, split] as const))('%s', (_, split) => {
  let samples: readonly Sample[];
  let questions: readonly [Sample, Question][];
  beforeAll(async () => {
    samples = await beginning(split);
    questions = samples.map((sample) => [sample, asked(split, sample)]);
  });

  it('asks every task as often as any other, and its ids tell which', () => {
    for (const task of TASKS)
      expect(samples.filter(({ sampleId }) => sampleId.startsWith(`${task}-`))).toHaveLength(EACH);
    expect(split.sampleCount % TASKS.length).toBe(0);
  });

  it('follows from the seed that a sample’s id names, and gives the prompt of the world', () => {
    for (const [sample, question] of questions) {
      expect(sourceOf(split).prompt(sample)).toBe(evaluationPrompt(question));
      expect(sample.tags).toEqual({
        task: question.task,
        ability: ABILITY[question.task],
        difficulty: String(question.difficulty),
        phrasing: question.phrasing.seen ? 'seen' : 'unseen',
      });
    }
  });

  it('is answered by the right answers, in all their forms', () => {
    for (const [sample, question] of questions) {
      const { answer } = question;
      expect(scorer?.score(sample, perfectResponse(question)).correct).toBe(true);
      const forms = answer.kind === 'box' ? [`[${answer.box.join(', ')}]`] : answer.forms;
      for (const form of forms)
        expect(scorer?.score(sample, `<answer>${form}</answer>`).correct, form).toBe(true);
      expect(scorer?.score(sample, '<answer>none of it</answer>').correct).toBe(false);
    }
  });

  it('keeps boxes in the frame of its pictures', () => {
    for (const { gold } of samples)
      if (typeof gold !== 'string' && typeof gold !== 'number' && typeof gold[0] === 'number')
        expect(Math.max(...gold.map(Number))).toBeLessThanOrEqual(PICTURE_SIZE);
  });

  it('draws the picture of a sample, and none that is not its own', async () => {
    const source = sourceOf(split);
    const png = await source.picture(samples[0]?.image ?? '');
    // The signature, then the width and height of the header.
    expect([...(png ?? []).slice(1, 4)]).toEqual([...'PNG'].map((c) => c.charCodeAt(0)));
    const view = new DataView((png ?? new Uint8Array(24)).buffer);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([PICTURE_SIZE, PICTURE_SIZE]);
    for (const other of [
      '',
      'counting-000001.png',
      'counting-002000.png',
      '../counting-000000.png',
      'x-000000.png',
    ])
      expect(await source.picture(other)).toBeNull();
  });
});

it('tells its splits apart by their ids', async () => {
  const source = oceanWorld.splits.map(sourceOf);
  // Each knows the pictures of its own samples alone.
  expect(await source[0]?.picture('text-hard-000009.png')).toBeNull();
  expect(await source[1]?.picture('text-000009.png')).toBeNull();
  expect(await source[1]?.picture('text-hard-000009.png')).not.toBeNull();
});
