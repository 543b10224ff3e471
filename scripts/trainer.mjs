// The trainer's Python environment: made once for each list of dependencies, outside the clone, since it holds gigabytes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root, run, say, stop } from './setup.mjs';

const LEAST = [3, 11];
export const trainer = join(root, 'trainer');

/** A Python that is new enough, and older than 3.`below`; null where there is none. */
function python(below) {
  for (const name of ['python3.13', 'python3.12', 'python3.11', 'python3']) {
    const { stdout } = spawnSync(name, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    const [major, minor] = (stdout ?? '').split(' ').map(Number);
    if (major === LEAST[0] && minor >= LEAST[1] && minor < below) return name;
  }
  return null;
}

/**
 * The Python of an environment that is made once for each text of what is in it.
 *
 * @param installs the arguments of `pip install`, one after the other.
 */
export function environmentOf(name, text, installs, below = Infinity) {
  const own = python(below);
  if (own === null) return null;
  const hash = createHash('sha256').update(text).update(own).digest('hex').slice(0, 16);
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ocean-r1');
  const environment = join(folder, `${name}-${hash}`);
  const inside = join(environment, 'bin', 'python');
  // Written last, so that an install that was cut off is made again.
  const whole = join(environment, 'complete');
  if (!existsSync(whole)) {
    say(`Installing the Python packages of the ${name}; PyTorch is large …`);
    mkdirSync(folder, { recursive: true });
    rmSync(environment, { recursive: true, force: true });
    const installed =
      run(own, ['-m', 'venv', environment]) &&
      installs.every((packages) => run(inside, ['-m', 'pip', 'install', '--quiet', ...packages]));
    if (!installed) stop(`The ${name} could not be installed; the words of venv or pip are above.`);
    writeFileSync(`${whole}.partial`, '');
    renameSync(`${whole}.partial`, whole);
  }
  return inside;
}

/** The environment's Python; null where the machine has no Python that is new enough. */
export function trainerPython() {
  const lock = readFileSync(join(trainer, 'pyproject.toml'), 'utf8');
  const packages = [...lock.matchAll(/"([\w.-]+==[\w.]+)"/g)].map((match) => match[1]);
  return environmentOf('trainer', packages.join('\n'), [packages]);
}

/** Tests, failures and skips of a JUnit report. */
export function readJunit(text) {
  const number = (name) => Number(text.match(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  return { passed: number('tests') - failed - skipped, failed, skipped };
}
