import { describe, expect, it } from 'vitest';
import { newRun } from '@/server/evals/new-run';
import { FIELDS, type KnownModel, modelLabels, prefill, readDraft } from './run-draft';

const MODELS: KnownModel[] = [
  { checkpointId: 'c0', modelName: 'Qwen2.5-VL 7B', stage: 'base', family: 'Qwen2.5-VL' },
  { checkpointId: 'c1', modelName: 'Ocean-R1 7B', stage: 'stage1', family: 'Ocean-R1' },
  { checkpointId: 'c2', modelName: 'Ocean-R1 7B', stage: 'stage2', family: 'Ocean-R1' },
];
const PROMPTS = [{ id: 'reasoning', label: 'Reasoning', template: '{Question} Think first.' }];
const NOTHING = { model: null, prompt: null, generation: null };

const form = (fields: Record<string, string>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};
const read = (fields: Record<string, string>) => readDraft(form(fields), MODELS, PROMPTS, {});
const NEW = { modelKind: 'new', name: 'My model', family: 'Mine', stage: '' };

describe('modelLabels', () => {
  it('tells the stages of a model apart', () => {
    expect([...modelLabels(MODELS).keys()]).toEqual([
      'Qwen2.5-VL 7B · base',
      'Ocean-R1 7B · stage 1',
      'Ocean-R1 7B · stage 2',
    ]);
  });

  it('stays unique where two checkpoints read alike', () => {
    const twin: KnownModel = {
      checkpointId: 'c9',
      modelName: 'Ocean-R1 7B',
      stage: 'stage2',
      family: 'Ocean-R1',
    };
    expect(modelLabels([...MODELS, twin]).get('Ocean-R1 7B · stage 2 · c9')).toBe(twin);
  });
});

describe('prefill', () => {
  it('takes the settings under the names of several tools', () => {
    const generation = { do_sample: true, temperature: 0.7, topP: 0.95, max_tokens: 2048, seed: 1 };
    expect(prefill({ ...NOTHING, generation }, [], PROMPTS)).toMatchObject({
      decoding: 'sampled',
      temperature: '0.7',
      topP: '0.95',
      maxNewTokens: '2048',
      seed: '1',
      otherSettings: {},
    });
  });

  it('keeps the settings that it has no field for, if they are plain', () => {
    const generation = {
      num_beams: 1,
      engine: 'vllm',
      nested: { a: 1 },
      huge: 'x'.repeat(501),
      nan: Number.NaN,
    };
    expect(prefill({ ...NOTHING, generation }, [], PROMPTS).otherSettings).toEqual({
      num_beams: 1,
      engine: 'vllm',
    });
  });

  it.each([
    [{ temperature: 0 }, 'greedy'],
    [{ temperature: '0.0' }, 'greedy'],
    [{ temperature: 1 }, 'sampled'],
    [{ do_sample: false, temperature: 1 }, 'greedy'],
    [{ greedy: true }, 'greedy'],
    [{}, 'unstated'],
    [{ temperature: null }, 'unstated'],
  ])('reads the decoding from %j: %s', (generation, decoding) => {
    expect(prefill({ ...NOTHING, generation }, [], PROMPTS).decoding).toBe(decoding);
  });

  it('finds the model and the prompt by name, id or text', () => {
    const said = (model: string | null, prompt: string | null) =>
      prefill({ ...NOTHING, model, prompt }, MODELS, PROMPTS);
    expect(said('qwen2.5-vl 7b', 'reasoning')).toMatchObject({
      model: { kind: 'existing', label: 'Qwen2.5-VL 7B · base' },
      promptChoice: 'reasoning',
    });
    expect(said('Ocean-R1 7B · stage 2', '{Question} Think first.')).toMatchObject({
      model: { kind: 'existing', label: 'Ocean-R1 7B · stage 2' },
      promptChoice: 'reasoning',
    });
    expect(said('Unheard-of 1B', 'Count: {Question}')).toMatchObject({
      model: { kind: 'new', name: 'Unheard-of 1B' },
      promptChoice: 'own',
      promptText: 'Count: {Question}',
    });
    expect(said(null, null)).toMatchObject({ model: { kind: 'existing', label: '' }, promptChoice: '' });
  });
});

describe('readDraft', () => {
  it('reads an existing model by its label', () => {
    expect(read({ modelKind: 'existing', existing: 'Ocean-R1 7B · stage 2' })).toEqual({
      ok: true,
      run: { model: { kind: 'existing', checkpointId: 'c2' }, prompt: null, generation: null },
    });
  });

  it('gives what the server takes', () => {
    const draft = read({
      ...NEW,
      parametersB: '7.6',
      openWeights: 'on',
      link: 'https://example.org/model',
      stage: 'stage2',
      parent: 'Ocean-R1 7B · stage 1',
      promptChoice: 'reasoning',
      decoding: 'sampled',
      temperature: '.7',
      topP: '1',
      seed: '-1',
      maxNewTokens: '1024',
    });
    if (!draft.ok) throw new Error(JSON.stringify(draft.errors));
    expect(draft.run).toEqual({
      model: {
        kind: 'new',
        name: 'My model',
        family: 'Mine',
        parametersB: 7.6,
        openWeights: true,
        link: 'https://example.org/model',
        stage: 'stage2',
        parentId: 'c1',
      },
      prompt: '{Question} Think first.',
      generation: { greedy: false, temperature: 0.7, top_p: 1, seed: -1, max_new_tokens: 1024 },
    });
    const file = { fileSha256: 'a'.repeat(64), fileName: 'a.json', benchmark: 'geoqa', split: 'test' };
    expect(newRun.parse({ ...file, ...draft.run })).toEqual({ ...file, ...draft.run });
  });

  it('leaves out the sampling settings of a greedy run', () => {
    const draft = read({ ...NEW, decoding: 'greedy', temperature: 'nonsense', seed: '3' });
    expect(draft.ok && draft.run.generation).toEqual({ greedy: true });
  });

  it.each([
    ['existing', { modelKind: 'existing', existing: '' }],
    ['existing', { modelKind: 'existing', existing: 'Ocean-R1 7B' }],
    ['name', { ...NEW, name: '  ' }],
    ['name', { ...NEW, name: 'x'.repeat(101) }],
    ['family', { ...NEW, family: '' }],
    ['parametersB', { ...NEW, parametersB: '7B' }],
    ['parametersB', { ...NEW, parametersB: '0' }],
    ['parametersB', { ...NEW, parametersB: '1e3' }],
    ['link', { ...NEW, link: 'javascript:alert(1)' }],
    ['link', { ...NEW, link: 'example.org' }],
    ['parent', { ...NEW, parent: 'nobody' }],
    ['promptText', { ...NEW, promptChoice: 'own', promptText: '' }],
    ['promptText', { ...NEW, promptChoice: 'own', promptText: 'x'.repeat(4_001) }],
    ['temperature', { ...NEW, decoding: 'sampled', temperature: '-1' }],
    ['topP', { ...NEW, decoding: 'sampled', topP: '0' }],
    ['topP', { ...NEW, decoding: 'sampled', topP: '1,5' }],
    ['seed', { ...NEW, decoding: 'sampled', seed: '1.5' }],
    ['maxNewTokens', { ...NEW, maxNewTokens: '0' }],
  ])('says what is wrong with %s, and with nothing else', (field, fields) => {
    const draft = read(fields);
    if (draft.ok) throw new Error('taken');
    expect(Object.keys(draft.errors)).toEqual([field]);
    expect(Object.values(draft.errors)[0]).toMatch(/\.$/);
    expect(FIELDS).toContain(field);
  });
});
