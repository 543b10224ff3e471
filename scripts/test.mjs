// `npm test`: installs what it needs, then format, lint, types, unit and database tests, the build, and end-to-end in a browser.
// Its last line counts them: "N passed, N failed, N skipped".
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, install, root, run, say, stop } from './setup.mjs';

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

/** Says what begins, and how many seconds it has been since the start. */
const begin = (name) => say(`\n— ${name} (after ${Math.round(performance.now() / 1_000)} s)`);

/** A check that has no tests of its own counts as one. */
function check(name, command, args) {
  begin(name);
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  if (spawnSync(command, args, { cwd: root, stdio: 'inherit', env }).status === 0) count.passed++;
  else count.failed++;
}

/** Format, lint, types and tests of the Python side, begun beside the rest; what it says stands together once it has ended. */
function beginTrainer() {
  const [report, words] = [join(reports, 'trainer.json'), join(reports, 'trainer.txt')];
  const output = openSync(words, 'w');
  const child = spawn(process.execPath, ['scripts/test-trainer.mjs', report], {
    cwd: root,
    stdio: ['ignore', output, output],
  });
  process.on('exit', () => child.kill());
  const ended = new Promise((resolve) => child.once('close', resolve));
  return async () => {
    const status = await ended;
    begin('what the trainer said, beside all of this');
    say(readFileSync(words, 'utf8'));
    add(status, existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null);
  };
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
  begin(name);
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
const trainerEnded = beginTrainer();

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

begin('the build');
build();
await trainerEnded();
const endToEnd = join(reports, 'e2e.json');
suite(
  'end-to-end tests against the production build',
  ['playwright', 'test', '--reporter=list,json'],
  { CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: endToEnd, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  endToEnd,
  ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }),
);

begin('the end');
say(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed === 0 ? 0 : 1;
