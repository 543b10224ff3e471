import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TINY } from '@/e2e/models';
import { readModelConfig } from './model-config';

interface Processors {
  published: Record<string, { model_type: string; settings: Record<string, unknown> }>;
  refused: { of: string; change: Record<string, unknown>; key: string }[];
}

const json = (...path: string[]) => JSON.parse(readFileSync(join(TINY, ...path), 'utf8'));
const { published, refused }: Processors = json('..', 'processors.json');

/** A model of a family, whose image processor says what is given. */
function read(of: string, change: Record<string, unknown> = {}) {
  const { model_type, settings } = published[of] as Processors['published'][string];
  const config = json('config.json');
  const patch_size = model_type === 'qwen3_vl' ? 16 : 14;
  return readModelConfig({
    config: { ...config, model_type, vision_config: { ...config.vision_config, patch_size } },
    generation: json('generation_config.json'),
    processor: null,
    preprocessor: { ...settings, ...change },
  });
}

describe('image processors, as the trainer takes and refuses them', () => {
  test.each(Object.keys(published))('%s is opened', (of) => {
    expect(read(of).image.rescale).toBeCloseTo(1 / 255);
  });

  test.each(refused)('$of with $change is refused', ({ of, change, key }) => {
    expect(() => read(of, change)).toThrow(`preprocessor_config.json: ${key}`);
  });
});
