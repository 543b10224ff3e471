// `npm test`: installs what it needs, then format, lint, types, unit and database tests, the build, and end-to-end in a browser.
// Its last line counts them: "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, install, root, run, say, stop } from './setup.mjs';
import { readJunit, trainer, trainerPython } from './trainer.mjs';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a Chromium: named, found, or installed from Debian's packages where we may. */
function chromium() {
  if (process.env.CHROMIUM_PATH) {
    if (!existsSync(process.env.CHROMIUM_PATH))
      stop(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which does not exist.`);
    return process.env.CHROMIUM_PATH;
  }
  const found = () => CHROMIUM.find((path) => existsSync(path));
  if (found()) return found();
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('Installing Chromium for the end-to-end tests …');
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-qq'], quiet);
    run(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'],
      quiet,
    );
    if (found()) return found();
  }
  return stop('The end-to-end tests need Chromium: install it, or name one in CHROMIUM_PATH.');
}

const reports = mkdtempSync(join(tmpdir(), 'ocean-tests-'));
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));
const count = { passed: 0, failed: 0, skipped: 0 };

/** A check that has no tests of its own counts as one. */
function check(name, command, args, cwd = root) {
  say(`\n— ${name}`);
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  if (spawnSync(command, args, { cwd, stdio: 'inherit', env }).status === 0) count.passed++;
  else count.failed++;
}

/** Format, lint, types and tests of the Python side. */
function checkTrainer() {
  const python = trainerPython();
  if (python === null) {
    say('\n— the trainer is not tested: it needs Python 3.11 or newer');
    count.skipped++;
    return;
  }
  check('format of the trainer', python, ['-m', 'ruff', 'format', '--check', '.'], trainer);
  check('lint of the trainer', python, ['-m', 'ruff', 'check', '.'], trainer);
  check('types of the trainer', python, ['-m', 'mypy'], trainer);
  say('\n— tests of the trainer');
  const report = join(reports, 'trainer.xml');
  const args = ['-m', 'pytest', '-q', `--junitxml=${report}`];
  const { status } = spawnSync(python, args, { cwd: trainer, stdio: 'inherit' });
  add(status, existsSync(report) ? readJunit(readFileSync(report, 'utf8')) : null);
}

/** A suite that dies without a failed test counts as one failure. */
function add(status, counts) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  count.passed += passed;
  count.failed += failed === 0 && status !== 0 ? 1 : failed;
  count.skipped += skipped;
}

/** Runs a suite that writes a JSON report; `read` takes the counts out of it. */
function suite(name, args, env, report, read) {
  say(`\n— ${name}`);
  const result = spawnSync('npx', ['--no-install', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  add(result.status, existsSync(report) ? read(JSON.parse(readFileSync(report, 'utf8'))) : null);
}

checkNode();
install();
const browser = chromium();

check('format and lint', 'npx', ['--no-install', 'biome', 'ci', '.']);
check('route types', 'npx', ['--no-install', 'next', 'typegen']);
check('types', 'npx', ['--no-install', 'tsc', '--noEmit']);
check('bundles of the CLI and the scoring worker', 'node', ['scripts/bundle.mjs']);

const unit = join(reports, 'unit.json');
suite(
  'unit and database tests',
  ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`],
  {},
  unit,
  (json) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests,
    skipped: json.numPendingTests + json.numTodoTests,
  }),
);

checkTrainer();

build();
const endToEnd = join(reports, 'e2e.json');
suite(
  'end-to-end tests against the production build',
  ['playwright', 'test', '--reporter=list,json'],
  { CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: endToEnd, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  endToEnd,
  ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }),
);

say(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed === 0 ? 0 : 1;
