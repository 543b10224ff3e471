import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NotTomlError, readToml, valueOfKey, withKey, writtenToml } from './recipe-toml';

const TOML = `# What it is for.
kind = "grpo"
steps = 5 # few

[data]
files = [
  { path = "rows/train" }, # those
]
max_pixels = 25600

[optimizer]
# As the paper has it.
lr = 1e-4
`;

test.each([
  ['steps', '7', ['steps = 7'], ['steps = 5 # few']],
  ['optimizer.lr', '2e-5', ['lr = 2e-5', '# As the paper has it.'], ['lr = 1e-4']],
  ['data.files', '[{ path = "x" }]', ['files = [{ path = "x" }]', 'max_pixels = 25600'], ['rows/train']],
  ['data.seed', '3', ['max_pixels = 25600\nseed = 3'], []],
  ['seed', '3', ['steps = 5 # few\nseed = 3\n\n[data]'], []],
  ['rollout.group', '4', ['[rollout]\ngroup = 4'], []],
  ['steps', null, ['kind = "grpo"\n\n[data]'], ['steps']],
  ['optimizer.betas', null, [TOML], []],
])('%s becomes %s, and all else stays', (key, written, there, gone) => {
  const changed = withKey(TOML, key, written);
  for (const each of there) expect(changed).toContain(each);
  for (const each of gone) expect(changed).not.toContain(each);
  const value = valueOfKey(readToml(changed), key);
  expect(value === undefined ? null : writtenToml(value)).toBe(written === '2e-5' ? '0.00002' : written);
});

test('a key in a section that is written inline has no place of its own', () => {
  expect(() => readToml(withKey('optimizer = { lr = 1 }', 'optimizer.lr', '2'))).toThrow(NotTomlError);
});

test('what is no TOML is said with its line', () => {
  expect(() => readToml('steps = 5\nlr = \n')).toThrow(/^The recipe cannot be read at line 2: /);
});

test('a value that is written is read as itself', () => {
  expect([1e16, -1e16, 1e21, 3, 0.5].map(writtenToml).map((each) => readToml(`x = ${each}`))).toEqual(
    [1e16, -1e16, 1e21, 3, 0.5].map((x) => ({ x })),
  );
  const value = fc.letrec((again) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.double({ noNaN: true }).filter((each) => !Object.is(each, -0)),
      fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }),
      fc.array(again('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
        again('any'),
        { maxKeys: 3 },
      ),
    ),
  })).any;
  fc.assert(
    fc.property(value, (each) => {
      const written = writtenToml(each as Parameters<typeof writtenToml>[0]);
      expect(valueOfKey(readToml(`x = ${written}`), 'x')).toEqual(each);
    }),
  );
});
