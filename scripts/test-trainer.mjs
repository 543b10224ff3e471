// `node scripts/test-trainer.mjs REPORT`: format, lint, types and tests of the Python side; how many passed, failed and were skipped is
// written to REPORT as JSON. `npm test` runs it beside the rest: most of it keeps one core busy, or waits.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { say } from './setup.mjs';
import { readJunit, trainer, trainerPython } from './trainer.mjs';

const [report] = process.argv.slice(2);
const xml = `${report}.xml`;
const python = trainerPython();

/** Whether a module of Python ends well. */
const succeeds = (...args) =>
  spawnSync(python, ['-m', ...args], { cwd: trainer, stdio: 'inherit' }).status === 0;

function counts() {
  if (python === null) {
    say('the trainer is not tested: it needs Python 3.11 or newer');
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const checks = [['ruff', 'format', '--check', '.'], ['ruff', 'check', '.'], ['mypy']].map((args) =>
    succeeds(...args),
  );
  const tested = succeeds('pytest', '-q', `--junitxml=${xml}`);
  const tests = existsSync(xml) ? readJunit(readFileSync(xml, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };
  return {
    passed: tests.passed + checks.filter(Boolean).length,
    // Tests that die without a failed one count as one failure.
    failed: Math.max(tests.failed, tested ? 0 : 1) + checks.filter((ended) => !ended).length,
    skipped: tests.skipped,
  };
}

writeFileSync(report, JSON.stringify(counts()));
