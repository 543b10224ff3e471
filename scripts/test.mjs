// `npm test`: installs what it needs, then format, lint, types, unit and database tests, the build, and end-to-end in a browser.
// Its last line counts them: "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** A check that has no tests of its own counts as one. */
function check(name, command, args) {
  say(`\n— ${name}`);
  if (run(command, args, { NEXT_TELEMETRY_DISABLED: '1' })) count.passed++;
  else count.failed++;
}

/** Runs a suite that writes a JSON report; `read` takes the counts out of it. A suite that dies counts as one failure. */
function suite(name, args, env, report, read) {
  say(`\n— ${name}`);
  const result = spawnSync('npx', ['--no-install', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const counts = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  if (result.status !== 0 && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(count)) count[key] += counts[key];
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
