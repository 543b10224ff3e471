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

test('proxies are addresses and networks, hosts are names', () => {
  expect(
    readEnv({ OCEAN_TRUSTED_PROXY: '127.0.0.1, 10.0.0.0/8,::1', OCEAN_HOSTS: 'ocean.example' }),
  ).toMatchObject({
    OCEAN_TRUSTED_PROXY: [
      { address: '127.0.0.1', prefix: 32 },
      { address: '10.0.0.0', prefix: 8 },
      { address: '::1', prefix: 128 },
    ],
    OCEAN_HOSTS: ['ocean.example'],
    PORT: 3_000,
  });
  expect(() => readEnv({ OCEAN_TRUSTED_PROXY: 'everybody' })).toThrow('OCEAN_TRUSTED_PROXY.0 is not usable');
  expect(() => readEnv({ OCEAN_HOSTS: 'https://ocean.example' })).toThrow('OCEAN_HOSTS.0 is not usable');
});

test('who runs it is a name, and may have an address; the source is an address', () => {
  const operator = (text: string) => readEnv({ OCEAN_OPERATOR: text }).OCEAN_OPERATOR;
  expect(operator('Example Lab https://lab.example.org')).toEqual({
    name: 'Example Lab',
    url: 'https://lab.example.org',
  });
  expect(operator('Example Lab')).toEqual({ name: 'Example Lab', url: null });
  expect(operator('')).toBeUndefined();
  expect(readEnv({ OCEAN_SOURCE: 'https://git.example/ocean/' }).OCEAN_SOURCE).toBe(
    'https://git.example/ocean',
  );
  expect(() => readEnv({ OCEAN_SOURCE: 'javascript:alert(1)' })).toThrow('OCEAN_SOURCE is not usable');
});

const model = { id: 'seven', label: 'Seven', url: 'https://host/v1/', model: 'org/seven' };
const models = (...all: object[]) => readEnv({ OCEAN_CHAT_MODELS: JSON.stringify(all) }).OCEAN_CHAT_MODELS;

test('models to talk to are none, or a JSON array of them', () => {
  expect(readEnv({ OCEAN_CHAT_MODELS: '' }).OCEAN_CHAT_MODELS).toEqual([]);
  expect(models({ ...model, key: 'secret' })).toEqual([
    {
      ...model,
      url: 'https://host/v1',
      key: 'secret',
      checkpoint: null,
      stage: null,
      pictures: { multiple: 28, minPixels: 3_136, maxPixels: 1_003_520 },
      perVisitor: 12,
      perMinute: 60,
    },
  ]);
});

test.each([
  ['[', /OCEAN_CHAT_MODELS is not usable: set a JSON array/],
  ['{}', /OCEAN_CHAT_MODELS is not usable/],
  [JSON.stringify([{ ...model, id: 'Seven B' }]), /OCEAN_CHAT_MODELS\.0\.id is not usable: set lower-case/],
  [
    JSON.stringify([{ ...model, url: 'host/v1' }]),
    /OCEAN_CHAT_MODELS\.0\.url is not usable: set the base address/,
  ],
  [JSON.stringify([{ ...model, modle: 'x' }]), /"modle"/],
  [JSON.stringify([model, model]), /an id of its own/],
])('models %s are refused with what to set, and without the key', (text, sentence) => {
  expect(() => readEnv({ OCEAN_CHAT_MODELS: text })).toThrow(sentence);
});
