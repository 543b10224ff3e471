import { expect, test } from 'vitest';
import { readEnv } from './env';

test('without any variable there is a server, and no judge', () => {
  expect(readEnv({ OCEAN_JUDGE_URL: '', OCEAN_JUDGE_KEY: '' })).toMatchObject({
    NODE_ENV: 'development',
    OCEAN_DATA_DIR: '.data',
    OCEAN_JUDGE_PER_MINUTE: 300,
  });
});

test('a judge is an address and a model, and may have a price', () => {
  expect(
    readEnv({
      OCEAN_JUDGE_URL: 'https://host/v1/',
      OCEAN_JUDGE_MODEL: 'openai/gpt-4o-mini',
      OCEAN_JUDGE_PRICE: '0.15,0.60',
    }),
  ).toMatchObject({ OCEAN_JUDGE_URL: 'https://host/v1', OCEAN_JUDGE_PRICE: { input: 0.15, output: 0.6 } });
});

test.each([
  [{ OCEAN_JUDGE_URL: 'https://host/v1' }, /OCEAN_JUDGE_MODEL is not usable: a judge needs both/],
  [{ OCEAN_JUDGE_MODEL: 'little' }, /OCEAN_JUDGE_URL is not usable: a judge needs both/],
  [
    { OCEAN_JUDGE_URL: 'ftp://host', OCEAN_JUDGE_MODEL: 'little' },
    /OCEAN_JUDGE_URL is not usable: set the base/,
  ],
  [
    { OCEAN_JUDGE_URL: 'https://host/v1', OCEAN_JUDGE_MODEL: 'a@b' },
    /OCEAN_JUDGE_MODEL is not usable: set a model/,
  ],
  [{ OCEAN_JUDGE_PRICE: '0.15' }, /OCEAN_JUDGE_PRICE is not usable: set the price/],
  [{ OCEAN_JUDGE_PER_MINUTE: '0' }, /OCEAN_JUDGE_PER_MINUTE is not usable/],
])('%j is refused with what to set', (source, sentence) => {
  expect(() => readEnv(source)).toThrow(sentence);
});
