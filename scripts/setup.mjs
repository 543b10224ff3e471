// What `npm run demo` and `npm test` share: a fresh clone becomes one that is installed and built, and nothing is done twice.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);

export function say(sentence) {
  process.stdout.write(`${sentence}\n`);
}

export function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Runs a command to its end, its output as it comes; true when it succeeded. */
export function run(command, args, env = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return result.status === 0;
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 9)) {
    stop(`Ocean-R1 needs Node 20.9 or newer; this is ${process.versions.node}.`);
  }
}

/** The write token of this clone: from the environment, or made once and kept in .env.local, which git ignores. */
export function writeToken() {
  if (process.env.OCEAN_TOKEN) return process.env.OCEAN_TOKEN;
  const path = at('.env.local');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const kept = text.match(/^OCEAN_TOKEN=(.+)$/m)?.[1];
  if (kept) return kept.trim().replace(/^(["'])(.*)\1$/, '$2');
  const token = randomBytes(12).toString('hex');
  writeFileSync(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}OCEAN_TOKEN=${token}\n`, {
    mode: 0o600,
  });
  return token;
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Installs exactly the lock file, unless that is what is there. */
export function install() {
  if (modified(at('node_modules', '.package-lock.json')) >= modified(at('package-lock.json'))) return;
  say('Installing the packages of the lock file …');
  if (!run('npm', ['ci', '--no-audit', '--no-fund'])) stop('npm ci failed; its own words are above.');
}

const SOURCES = [
  'app',
  'lib',
  'server',
  'cli',
  'public',
  'drizzle',
  'scripts/bundle.mjs',
  'scripts/bundle-cli.mjs',
];
const ROOT_SOURCES = [
  'package-lock.json',
  'next.config.ts',
  'serve.ts',
  'proxy.ts',
  'instrumentation.ts',
  'postcss.config.mjs',
  'tsconfig.json',
];

/** Of tests nothing is built. */
const isBuilt = (name) => !/\.test\.tsx?$/.test(name);

function newestSource() {
  const inFolder = (path) =>
    statSync(path).isDirectory()
      ? [
          modified(path),
          ...readdirSync(path, { recursive: true })
            .filter(isBuilt)
            .map((name) => modified(join(path, name))),
        ]
      : [modified(path)];
  const folders = SOURCES.map((name) => at(name)).filter(existsSync);
  return Math.max(...folders.flatMap(inFolder), ...ROOT_SOURCES.map((name) => modified(at(name))));
}

/** Builds for production, unless the last build is younger than every source. */
export function build() {
  if (modified(at('.next', 'BUILD_ID')) >= newestSource()) return;
  say('Building …');
  if (!run('npm', ['run', '--silent', 'build'], { NEXT_TELEMETRY_DISABLED: '1' }))
    stop('The build failed; its own words are above.');
}

/** Starts the production server as `npm start` does, without npm between; the caller owns the child. */
export function startServer(port, env, stdio = 'inherit') {
  const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  return spawn(process.execPath, scripts.start.split(' ').slice(1), {
    cwd: root,
    stdio,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', PORT: String(port), ...env },
  });
}

/** Resolves to what /api/health says, once it answers; rejects when the server ends first. */
export async function untilHealthy(address, child) {
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  while (!ended) {
    try {
      const response = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(5_000) });
      if (response.ok) return await response.json();
    } catch {
      // Not listening yet: asked again until it is, or until it has ended.
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error('The server ended before it was ready; its last words are above.');
}
