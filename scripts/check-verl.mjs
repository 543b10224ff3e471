// `node scripts/check-verl.mjs [pytest options]`: what the trainer makes for verl, held to verl itself, in an environment that is made
// once (6 GB): its configuration, rows, reward and loss, and whole steps of Nano on a cluster of two nodes of this machine.
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, say, stop } from './setup.mjs';
import { environmentOf, trainer } from './trainer.mjs';

const VERL = 'verl==0.9.1';
const tests = join(trainer, 'bench', 'against_verl');
const requirements = join(tests, 'requirements.txt');

const installs = [
  ['-r', requirements],
  ['--no-deps', VERL],
];
const python = environmentOf('verl', readFileSync(requirements, 'utf8') + VERL, installs, 13);
if (python === null) stop('verl needs Python 3.11 or 3.12.');
say('Steps of verl on two cores take minutes …');
const tested = run(
  python,
  ['-m', 'pytest', '-q', '--confcutdir', tests, '-p', 'no:cacheprovider', tests, ...process.argv.slice(2)],
  {
    OMP_NUM_THREADS: '1',
    PYTHONPATH: [trainer, tests, join(trainer, 'tests')].join(delimiter),
    VERL_ENGINE_DEVICE: 'cuda',
    VERL_PLATFORM: 'cpu',
    VERL_USE_EXTERNAL_MODULES: 'verl_on_cpu',
  },
);
process.exitCode = tested ? 0 : 1;
