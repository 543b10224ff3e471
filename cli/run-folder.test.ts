import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { toldEvent } from '@/lib/training/protocol';
import { pythonJson, readRunFolder } from './run-folder';

// What the trainer wrote: `python fixtures/run.py`.
const RUN = fileURLToPath(new URL('../trainer/fixtures/run', import.meta.url));
const PICTURE = 'faa649320b2b1effb95af4d03eaa874dfedb13927e221abf31a228d061a86750';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'ocean-run-')), 'run');
  cpSync(RUN, folder, { recursive: true });
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const put = (path: string, change: (text: string) => string) =>
  writeFileSync(join(folder, path), change(readFileSync(join(folder, path), 'utf8')));

describe('a run’s folder', () => {
  it('is told as an agent would have told it', () => {
    const run = readRunFolder(folder, {});
    expect(run).toMatchObject({
      name: 'squares',
      kind: 'train',
      start: 'model',
      state: 'succeeded',
      lastStep: 4,
      rolloutSteps: [2, 4],
    });
    expect(run.toml).toContain('[optimizer]\nlr = 0.001\n');
    expect(run.files.get(PICTURE)?.kind).toBe('picture');
    const events = [...run.events()];
    for (const event of events) toldEvent.parse(event);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at));
    expect(events.map(({ event }) => event.type)).toEqual([
      'begin',
      'log',
      ...Array(4).fill('metrics'),
      ...Array(4).fill('rollouts'),
      'files',
    ]);
    const rollouts = events.flatMap(({ event }) => (event.type === 'rollouts' ? event.groups : []));
    expect([rollouts[0]?.row, rollouts[0]?.responses.length]).toEqual(['rows.parquet, row 0', 4]);
    expect(rollouts.flatMap(({ images }) => images)).toContain(PICTURE);
    expect(events.at(-1)?.event).toMatchObject({ purpose: 'checkpoint', step: 4 });
    expect(run.startedAt.getTime()).toBeLessThan(run.endedAt.getTime());
  });

  it('is the same run when it has gone on, and another when it was begun anew', () => {
    const { key } = readRunFolder(folder, {});
    put('metrics.jsonl', (text) => `${text}{"step": 5, "data": {"critic/score/mean": NaN}}\n`);
    expect(readRunFolder(folder, {})).toMatchObject({ key, lastStep: 5 });
    put('metrics.jsonl', (text) => text.replace(/"timing_s\/step": [\d.]+/, '"timing_s/step": 1'));
    expect(readRunFolder(folder, {}).key).not.toBe(key);
  });

  it('has its recipe from a file where there is no checkpoint, and is not over before its last step', () => {
    rmSync(join(folder, 'step-000004'), { recursive: true });
    const recipe = fileURLToPath(new URL('../trainer/recipes/toy-stage1.toml', import.meta.url));
    const run = readRunFolder(folder, { recipe });
    expect(run).toMatchObject({ name: 'toy-stage1', state: 'cancelled' });
    expect(run.toml).toBe(readFileSync(recipe, 'utf8'));
  });

  it('with a line that was half written is whole but for that', () => {
    put('metrics.jsonl', (text) => `${text}{"step": 5, "da`);
    expect(readRunFolder(folder, {}).lastStep).toBe(4);
  });

  it.each<[string, () => void, string]>([
    [
      'no metrics',
      () => rmSync(join(folder, 'metrics.jsonl')),
      'is no folder of a run: it has no metrics.jsonl',
    ],
    ['no step', () => put('metrics.jsonl', () => ''), 'has no step: nothing was measured yet'],
    [
      'a bad line',
      () => put('metrics.jsonl', (text) => text.replace('{"step": 2', '{"step": "two"')),
      'metrics.jsonl, line 2: it is no',
    ],
    [
      'no checkpoint',
      () => rmSync(join(folder, 'step-000004'), { recursive: true }),
      'name it by --recipe FILE',
    ],
    ['a bad state', () => put('step-000004/state.json', () => '{}'), 'is not what the trainer writes'],
    [
      'no picture',
      () => rmSync(join(folder, 'rollouts/step-000002', PICTURE)),
      `the picture ${PICTURE} is missing`,
    ],
    ['another picture', () => put(`rollouts/step-000004/${PICTURE}`, () => 'x'), 'its sha256 is another one'],
    [
      'a bad response',
      () =>
        put('rollouts/step-000002/rollouts.jsonl', (text) =>
          text.replace('"reward": 0.0', '"reward": "much"'),
        ),
      'line 1: it is no response of the trainer (reward)',
    ],
  ])('with %s is refused in a sentence', (_, spoil, sentence) => {
    spoil();
    expect(() => readRunFolder(folder, {})).toThrow(sentence);
  });

  it('that is not there is said', () => {
    expect(() => readRunFolder(join(folder, 'none'), {})).toThrow('there is no folder');
    expect(() => readRunFolder(folder, { log: join(folder, 'none.txt') })).toThrow('there is no file');
  });
});

test('JSON of Python has words for what is no number', () => {
  expect(pythonJson('{"a": NaN, "b": -Infinity, "c": "NaN: \\"NaN\\""}')).toEqual({
    a: 'NaN',
    b: '-Infinity',
    c: 'NaN: "NaN"',
  });
  expect(pythonJson('{"a": ')).toBeNull();
});
