import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Nodes } from 'mdast';
import { describe, expect, it } from 'vitest';
import packageJson from '@/package.json';
import { guides } from '.';

/** What the guides tell to type, but for `./ocean`, whose lines are held to its options in cli/printed-commands.test.ts. */

const codeOf = (node: Nodes): string[] =>
  node.type === 'code' ? [node.value] : 'children' in node ? node.children.flatMap(codeOf) : [];

/** Lines as a shell takes them, each with its guide: what goes on behind a backslash is one, comments are none. */
const lines = (await guides()).flatMap(({ file, document }) =>
  codeOf(document.root).flatMap((code) =>
    code
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap((line) => line.split(' && '))
      .map((line) => ({ file, line: line.replace(/ {2,}#.*$/, '').trim() })),
  ),
);
const commands = (program: string) => lines.filter(({ line }) => line.startsWith(`${program} `));

/** Where the trainer's commands are made, subcommands beside what they do. */
const trainer = readdirSync('trainer/ocean_r1', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.py'))
  .map((file) => readFileSync(join('trainer/ocean_r1', file), 'utf8'))
  .filter((text) => text.includes('add_parser('))
  .join('\n');

describe('commands of the guides', () => {
  it.each(commands('npm run'))('$file: $line', ({ line }) => {
    const [, , script = '', bench] = line.split(' ');
    expect(Object.keys(packageJson.scripts)).toContain(script);
    if (script === 'bench') expect(readFileSync('scripts/bench.mjs', 'utf8')).toContain(bench);
  });

  it.each([...commands('node'), ...commands('bash')])('$file: $line', ({ line }) => {
    expect(existsSync(line.split(' ')[1] ?? '')).toBe(true);
  });

  it.each(commands('ocean-r1'))('$file: $line', ({ line }) => {
    const [, command, ...words] = line.split(' ');
    expect(trainer).toMatch(new RegExp(`["']${command}["']`));
    for (const word of words.filter((each) => each.startsWith('--'))) expect(trainer).toContain(`"${word}"`);
    for (const word of words.filter((each) => /^trainer\/.*\.toml$/.test(each)))
      expect(existsSync(word)).toBe(true);
  });

  it.each(commands('./ocean answers'))(
    '$file, run: $line',
    async ({ line }) => {
      const { stdout } = await promisify(execFile)('sh', ['-c', line]).catch((failed) => {
        // 4 says that the answers are not equal.
        expect(failed.code, failed.stderr).toBe(4);
        return failed;
      });
      expect(stdout).not.toBe('');
    },
    60_000,
  );

  it('are found', () => {
    for (const program of ['npm run', 'node', 'ocean-r1', './ocean answers'])
      expect(commands(program).length, program).toBeGreaterThan(0);
  });
});
