import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** The layout and import rules of docs/house.md, each named by the test that keeps it. */

const root = fileURLToPath(new URL('..', import.meta.url));
/** The rooms of lib from the ground up. Files that stand in `lib/` itself lie below them all. */
const FLOORS = [
  'python',
  'documents',
  'models',
  'training',
  'reasoning',
  'samples',
  'mathematics',
  'world',
  'scoring',
  'benchmarks',
  'predictions',
  'stats',
  'compare',
  'findings',
  'kernels',
  'vlm',
  'chat',
];
const ROOMS = ['app', 'cli', 'server', 'lib', 'scripts', 'e2e', 'bench'];

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const existing = readdirSync(root);
const files = ROOMS.filter((room) => existing.includes(room)).flatMap(filesUnder);
const sources = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file));

interface Import {
  file: string;
  /** Repository path without extension for our own files, the bare specifier otherwise. */
  target: string;
  typeOnly: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

const imports: Import[] = sources.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? '';
    const target = specifier.startsWith('@/')
      ? specifier.slice(2)
      : specifier.startsWith('.')
        ? normalize(join(dirname(file), specifier))
        : specifier;
    return { file, target, typeOnly: match[1] !== undefined };
  }),
);

const isTest = (file: string) => /\.test\.tsx?$/.test(file);
const room = (path: string) => path.split('/')[0] ?? '';
/** `server/evals/board` → `evals`; files that stand in `server/` itself belong to no domain. */
const domain = (path: string) =>
  room(path) === 'server' && path.split('/').length > 2 ? path.split('/')[1] : null;
const domainOfTarget = (path: string) =>
  room(path) === 'server' && (path.split('/').length > 2 || existsAsFolder(path))
    ? (path.split('/')[1] ?? null)
    : null;
const existsAsFolder = (path: string) => files.some((file) => file.startsWith(`${path}/`));

const offences = (rule: (each: Import) => boolean) =>
  imports.filter(rule).map(({ file, target }) => `${file} imports ${target}`);

describe('imports', () => {
  test('lib is pure: nothing of app, server or cli, nothing of Node or React', () => {
    expect(
      offences(
        ({ file, target }) =>
          room(file) === 'lib' &&
          !isTest(file) &&
          (['app', 'server', 'cli'].includes(room(target)) || /^(node:|react|next)/.test(target)),
      ),
    ).toEqual([]);
  });

  test('a room of lib imports only rooms below it', () => {
    expect(
      readdirSync(join(root, 'lib'))
        .filter((name) => !/\.ts$/.test(name))
        .sort(),
    ).toEqual([...FLOORS].sort());
    const floor = (path: string) => FLOORS.indexOf(path.split('/')[1] ?? '');
    expect(
      offences(
        ({ file, target }) =>
          room(file) === 'lib' && room(target) === 'lib' && !isTest(file) && floor(target) > floor(file),
      ),
    ).toEqual([]);
  });

  test('server imports nothing of app or cli, and neither React nor Next', () => {
    expect(
      offences(
        ({ file, target }) =>
          room(file) === 'server' &&
          (['app', 'cli'].includes(room(target)) || /^(react|next)(\/|$|-)/.test(target)),
      ),
    ).toEqual([]);
  });

  test('app takes only types from server, except in its doors: app/api and app/trpc/server.ts', () => {
    expect(
      offences(
        ({ file, target, typeOnly }) =>
          room(file) === 'app' &&
          room(target) === 'server' &&
          !typeOnly &&
          !isTest(file) &&
          !file.startsWith('app/api/') &&
          file !== 'app/trpc/server.ts',
      ),
    ).toEqual([]);
  });

  test('a screen takes nothing from another: what several need lies in app/ui, app/samples, app/scenes, app/figures or app/trpc', () => {
    const shared = ['ui', 'samples', 'scenes', 'figures', 'trpc'];
    const screen = (path: string) => (path.split('/').length > 2 ? (path.split('/')[1] ?? '') : '');
    expect(
      offences(
        ({ file, target }) =>
          room(file) === 'app' &&
          screen(file) !== '' &&
          room(target) === 'app' &&
          screen(target) !== screen(file) &&
          !shared.includes(screen(target)),
      ),
    ).toEqual([]);
  });

  test('a domain of server never imports server/trpc', () => {
    expect(
      offences(
        ({ file, target }) =>
          domain(file) !== null && domain(file) !== 'trpc' && target.startsWith('server/trpc'),
      ),
    ).toEqual([]);
  });

  test('two domains of server meet only through their index.ts', () => {
    expect(
      offences(({ file, target }) => {
        const to = domainOfTarget(target);
        if (room(file) !== 'server' || to === null || to === domain(file)) return false;
        return target !== `server/${to}` && target !== `server/${to}/index` && !isTest(file);
      }),
    ).toEqual([]);
  });
});

describe('files', () => {
  test('names are kebab-case and say what they hold', () => {
    const strange = files.filter((file) => {
      const segments = file.split('/');
      // Next names its routes in brackets or parentheses.
      return !segments.every((segment) =>
        /^(\[[.a-z0-9]+\]|\([a-z]+\)|[a-z0-9]+([-.][a-z0-9]+)*)$/.test(segment),
      );
    });
    expect(strange).toEqual([]);
  });

  test('nothing nests deeper than two folders, what routes force aside', () => {
    expect(files.filter((file) => file.split('/').length > 3 && !file.startsWith('app/'))).toEqual([]);
  });

  test('the environment is read in one place', () => {
    const allowed = [
      'server/env.ts', // validates it
      'cli/', // a command's own environment
      'scripts/', // starts the server with one
      'bench/',
      'e2e/',
    ];
    const readers = sources.filter(
      (file) =>
        !isTest(file) &&
        !allowed.some((place) => file.startsWith(place)) &&
        readFileSync(join(root, file), 'utf8').includes('process.env'),
    );
    expect(readers).toEqual([]);
  });

  test('all that is styled lies in a layer, so that a utility beats a component wherever both are', () => {
    // Plain braces: a style sheet of ours has none in a text or a comment.
    const unlayered = files
      .filter((file) => file.startsWith('app/') && file.endsWith('.css'))
      .flatMap((file) => {
        const css = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
        let depth = 0;
        let outside = '';
        for (const sign of css) {
          if (depth === 0) outside += sign;
          if (sign === '{') depth++;
          if (sign === '}') depth--;
        }
        return outside
          .split(/[{;]/)
          .map((each) => each.trim())
          .filter((each) => each !== '' && !/^@(?:import|theme|layer)\b/.test(each))
          .map((each) => `${file}: ${each}`);
      });
    expect(unlayered).toEqual([]);
  });

  test('no test needs a file beside the repository', () => {
    const beside = /\.\.\/shared\/|'\.\.', 'shared'/;
    expect(
      sources.filter(
        (file) =>
          !file.startsWith('bench/') &&
          file !== 'scripts/house-rules.test.ts' &&
          beside.test(readFileSync(join(root, file), 'utf8')),
      ),
    ).toEqual([]);
  });

  test('the command carries neither the log nor the environment of the server', () => {
    expect(
      offences(
        ({ file, target, typeOnly }) =>
          file.startsWith('server/benchmarks/') &&
          !isTest(file) &&
          !typeOnly &&
          ['server/env', 'server/log'].includes(target),
      ),
    ).toEqual([]);
  });

  test('folders are made by server/make-folder, which always ends', () => {
    const recursive = /\bmkdir(Sync)?\([^;]*recursive/;
    expect(
      sources.filter(
        (file) =>
          /^(cli|server)\/(?!.*test).*\.ts$/.test(file) &&
          recursive.test(readFileSync(join(root, file), 'utf8')),
      ),
    ).toEqual([]);
  });

  test('no test sleeps: it waits for what it needs, or turns the clock itself', () => {
    const sleeps =
      /waitForTimeout|\bsleep\(|(?<!\.)setTimeout\((?:resolve|\d)|setTimeout } from 'node:timers/;
    expect(
      sources.filter(
        (file) =>
          /\.(test|spec)\.tsx?$/.test(file) &&
          file !== 'scripts/house-rules.test.ts' &&
          sleeps.test(readFileSync(join(root, file), 'utf8')),
      ),
    ).toEqual([]);
  });

  test('no markup is made of strings', () => {
    expect(
      sources.filter(
        (file) =>
          file.startsWith('app/') &&
          readFileSync(join(root, file), 'utf8').includes('dangerouslySetInnerHTML'),
      ),
    ).toEqual([]);
  });
});

describe('dependencies', () => {
  const manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> } =
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const all = { ...manifest.dependencies, ...manifest.devDependencies };

  test('each is pinned to one version', () => {
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('each has its reason in docs/dependencies.md', () => {
    const reasons = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
    expect(Object.keys(all).filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('migrations', () => {
  test('run forward: each journal entry is younger than the one before it', () => {
    const journal: { entries: { idx: number; when: number; tag: string }[] } = JSON.parse(
      readFileSync(join(root, 'drizzle/meta/_journal.json'), 'utf8'),
    );
    const times = journal.entries.map((entry) => entry.when);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(journal.entries.map((entry) => entry.idx)).toEqual(journal.entries.map((_, position) => position));
  });
});
