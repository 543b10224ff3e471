import { version } from '../package.json';
import { type Command, explain, UsageError } from './command';

/** Each command is loaded when it is called: start-up is a tenth of a second. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  benchmarks: async () => (await import('./benchmarks')).benchmarks,
  'benchmarks install': async () => (await import('./benchmarks-install')).benchmarksInstall,
  'benchmarks samples': async () => (await import('./benchmarks-samples')).benchmarksSamples,
  score: async () => (await import('./score')).score,
  submit: async () => (await import('./submit')).submit,
  'talk judge': async () => (await import('./talk')).talkJudge,
  'talk samples': async () => (await import('./talk')).talkSamples,
  world: async () => (await import('./world')).world,
};

const HELP = `ocean ${version}: scores predictions of vision-language models by the rules of the published benchmarks

Usage: ocean COMMAND [options]

  benchmarks            list the benchmarks, their splits and scorers, and what is installed
  benchmarks install    install a benchmark's annotation file
  benchmarks samples    print a benchmark's samples
  score                 score a predictions file here, without a server
  submit                send a predictions file to a server, where it becomes a run
  talk samples          print the conversations of test-talk, a split of Ocean World
  talk judge            judge replies to them
  world                 write training rows of Ocean World: questions, pictures, worked solutions

  ocean COMMAND --help  says more, with an example
  ocean --version

Environment: OCEAN_DATA_DIR is where annotations are installed (.data if unset).
Exit codes: 0 done, 2 bad use, 3 bad file, 1 anything else.

Example:
  ocean score counting_superclevr_5k_grpo_100.json --benchmark superclevr
`;

async function main(args: readonly string[]): Promise<void> {
  const [first = '', second = ''] = args;
  if (first === '--version' || first === '-v') return void process.stdout.write(`${version}\n`);
  if (first === '--help' || first === '-h' || first === 'help') return void process.stdout.write(HELP);
  if (first === '') throw new UsageError('say what to do: ocean --help lists the commands');
  const words = `${first} ${second}` in COMMANDS ? 2 : 1;
  const load = COMMANDS[args.slice(0, words).join(' ')];
  if (load === undefined) throw new UsageError(`there is no command "${first}": ocean --help lists them`);
  const command = await load();
  const rest = args.slice(words);
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (options.includes('--help') || options.includes('-h')) return void process.stdout.write(command.help);
  await command.run(rest);
}

// A reader that has seen enough (`ocean … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { code, line } = explain(error);
  process.stderr.write(`ocean: ${line}\n`);
  process.exitCode = code;
}
