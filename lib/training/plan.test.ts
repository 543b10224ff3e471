import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shapeOf } from './model-shape';
import { canBeShared, type Plan, peakOf, planOf, type Rate, rateOn, stepsOf } from './plan';
import type { Table } from './recipe-problems';
import { readToml } from './recipe-toml';

interface Planned {
  recipe: string;
  model: string;
  /** What is other than in the recipe's file, by section. */
  changed: Record<string, Table>;
  processes: number;
  config: unknown;
  figures: Omit<Plan, 'newTokens'> & { new_tokens: number | null };
}

const read = (path: string) => readFileSync(new URL(`../../trainer/${path}`, import.meta.url), 'utf8');
const { plans }: { plans: readonly Planned[] } = JSON.parse(read('fixtures/recipes.json'));

test.each(plans.map((each) => [each.recipe, each.model, each.changed, each.processes, each] as const))(
  'the plan of %s for %s with %j, by processes: %i, is the trainer’s',
  (recipe, _, changed, processes, { config, figures }) => {
    const written = readToml(read(`recipes/${recipe}.toml`));
    const sections = Object.entries(changed).map(([name, keys]) => [
      name,
      { ...(written[name] as Table), ...keys },
    ]);
    const shape = shapeOf(config);
    expect(shape).not.toBeNull();
    if (shape === null) return;
    const recipeOfRun = { ...written, ...Object.fromEntries(sections) };
    const { newTokens, ...plan } = planOf(recipeOfRun, shape, processes);
    expect({ ...plan, new_tokens: newTokens }).toEqual(figures);
  },
);

test('the most at any moment is what is held and the larger of what passes', () => {
  expect(peakOf({ held: { a: 3, b: 4 }, passing: { c: 5, d: 2 } })).toBe(12);
});

test.each([
  ['', 2, true],
  ['', 8, true],
  ['', 9, false],
  ['[algorithm]\nmini_batches = 2', 4, true],
  ['[algorithm]\nmini_batches = 2', 5, false],
  ['[algorithm]\ndynamic_sampling = 1', 2, false],
  ['[optimizer]\nmuon = true', 2, false],
  ['[optimizer]\noffload = true', 2, true],
  ['[model]\nworkers = 2', 2, false],
])('whether %j with 8 prompts a step is for %i processes: %s', (more, processes, can) => {
  expect(canBeShared(readToml(`kind = "grpo"\nprompts_per_step = 8\n${more}`), processes)).toBe(can);
});

test('several processes train by GRPO alone', () => {
  expect(canBeShared(readToml('kind = "sft"\nrows_per_step = 8'), 2)).toBe(false);
});

test('a shape that is no Qwen2.5-VL is none', () => {
  expect(shapeOf({ model_type: 'llama' })).toBeNull();
  expect(shapeOf(null)).toBeNull();
});

test.each([
  ['kind = "grpo"\nsteps = 7', null, 7],
  ['kind = "grpo"\nprompts_per_step = 8', 100, 12],
  ['kind = "grpo"\nprompts_per_step = 8\ndata_epochs = 2', 100, 25],
  ['kind = "grpo"', null, null],
])('the steps of %j over %s rows: %s', (toml, rows, steps) => {
  expect(stepsOf(readToml(toml), rows)).toBe(steps);
});

test('a rate is of the same box, the same kind and a model of like size', () => {
  const rate = (agentId: string, kind: string, parameters: number): Rate => ({
    agentId,
    kind,
    parameters,
    jobId: 'j',
    jobName: 'J',
    secondsPerResponse: 1,
  });
  const rates = [
    rate('other', 'grpo', 100),
    rate('a', 'sft', 100),
    rate('a', 'grpo', 200),
    rate('a', 'grpo', 110),
  ];
  expect(rateOn(rates, 'a', 'grpo', 100)?.parameters).toBe(110);
  expect(rateOn(rates, 'b', 'grpo', 100)).toBeNull();
  expect(rateOn(rates, 'a', 'tower', 100)).toBeNull();
});
