import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { COMMANDS } from './main';

/** What documents, pages, messages and helps tell people to type is known to the command. */

const root = fileURLToPath(new URL('..', import.meta.url));
const texts = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /^(app|cli|docs|e2e|lib|nano|server|trainer|README)/.test(file))
  .filter((file) => /\.(md|tsx?|sh|py|toml)$/.test(file) && !file.endsWith('printed-commands.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** From the command's name to where the shell, the code or the sentence goes on with something else. */
const PRINTED =
  /(?:\.\/ocean|\$\{OCEAN\}) ([a-z-](?:"[^"\n]*"|[^\n`"<])*?)(?= *(?:$|[`<#>&)]|"(?![^"\n]*")| \| |, |: |; |\.(?:\s|$)| lists\b))/gm;

const printed = texts.flatMap(({ file, text }) =>
  [...text.matchAll(PRINTED)].map(([, line = '']) => ({ file, line: line.replace(/'$/, '') })),
);

/** As a shell takes it apart; what is filled in is a word of its own. */
const wordsOf = (line: string): string[] =>
  line
    .replaceAll(/(?<![\\\w])\$?\{[^}]*\}/g, 'FILLED-IN')
    .replaceAll(/\[[^\]]*\]/g, '')
    .match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g) ?? [];

async function check(line: string): Promise<void> {
  const words = wordsOf(line);
  const [first = '', second = ''] = words;
  if (first.startsWith('--')) {
    expect(['--help', '--version']).toContain(first);
    return;
  }
  const name = Object.hasOwn(COMMANDS, `${first} ${second}`) ? `${first} ${second}` : first;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new Error(`there is no command "${name}"`);
  const { options } = await load();
  const values: Readonly<Record<string, unknown>> = parseArgs({
    args: words.slice(name.split(' ').length).filter((word) => !/^-\d/.test(word)),
    options: { ...options, help: { type: 'boolean' } },
    allowPositionals: true,
  }).values;
  if (typeof values.benchmark === 'string' && values.benchmark !== 'FILLED-IN')
    expect(Object.keys(BENCHMARKS)).toContain(values.benchmark);
}

describe('printed commands', () => {
  it('are found where they are printed', () => {
    for (const place of ['README.md', 'docs/submitting.md', 'trainer/nano.sh', 'cli/score.ts'])
      expect(printed.filter(({ file }) => file === place).length, place).toBeGreaterThan(1);
    expect(printed.filter(({ file }) => file.startsWith('app/')).length).toBeGreaterThan(6);
  });

  it.each(printed)('$file: ocean $line', ({ line }) => check(line));

  it.each(['dance', 'score FILE --colour', 'score FILE --benchmark chess', 'benchmarks install ID --form X'])(
    'of a line that is not known, %s, it is said',
    async (line) => {
      await expect(check(line)).rejects.toThrow();
    },
  );

  it('send nobody to a package of that name that is not ours', () => {
    expect(texts.filter(({ text }) => /\bnpx (?:--\S+ )*ocean\b/.test(text)).map(({ file }) => file)).toEqual(
      [],
    );
  });

  it('begin with a file that can be started', () => {
    expect(execFileSync('git', ['ls-files', '--stage', 'ocean'], { cwd: root, encoding: 'utf8' })).toMatch(
      /^100755 /,
    );
  });
});
