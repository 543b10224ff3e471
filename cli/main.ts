import { version } from '../package.json';
import { type Command, explain, OCEAN, print, say, UsageError, write } from './command';

/** Each command is loaded when it is called: start-up is a tenth of a second. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  answers: async () => (await import('./answers')).answers,
  benchmarks: async () => (await import('./benchmarks')).benchmarks,
  'benchmarks install': async () => (await import('./benchmarks-install')).benchmarksInstall,
  'benchmarks samples': async () => (await import('./benchmarks-samples')).benchmarksSamples,
  compare: async () => (await import('./compare')).compare,
  'jobs cancel': async () => (await import('./jobs')).jobsCancel,
  'jobs import': async () => (await import('./jobs-import')).jobsImport,
  'jobs list': async () => (await import('./jobs')).jobsList,
  'jobs logs': async () => (await import('./jobs')).jobsLogs,
  'jobs resume': async () => (await import('./jobs')).jobsResume,
  'jobs rollouts': async () => (await import('./jobs')).jobsRollouts,
  'jobs start': async () => (await import('./jobs-start')).jobsStart,
  'jobs watch': async () => (await import('./jobs')).jobsWatch,
  score: async () => (await import('./score')).score,
  submit: async () => (await import('./submit')).submit,
  'talk judge': async () => (await import('./talk')).talkJudge,
  'talk samples': async () => (await import('./talk')).talkSamples,
  world: async () => (await import('./world')).world,
};

const HELP = `ocean ${version}: scores predictions of vision-language models by the rules of the published benchmarks

Usage: ${OCEAN} COMMAND [options]

  benchmarks            list the benchmarks, their splits and scorers, and what is installed
  benchmarks install    install a benchmark's annotation file
  benchmarks samples    print a benchmark's samples
  score                 score a predictions file here, without a server
  compare               compare runs over the same samples: what was fixed, what was broken, what can be known
  submit                send a predictions file to a server, where it becomes a run
  answers               compare two answers and say how each was read
  jobs list             list the jobs of a server: what its agents train, export and evaluate
  jobs start            queue a training by a recipe, and what is to follow it
  jobs watch            tell how a job goes until it has ended
  jobs cancel           stop a job
  jobs import           make a run of a folder that the trainer wrote without an agent
  jobs resume           go on with a training that failed or was cancelled
  jobs logs             print what a job said
  jobs rollouts         print the responses of a step with their rewards
  talk samples          print the conversations of test-talk, a split of Ocean World
  talk judge            judge replies to them
  world                 write training rows of Ocean World: questions, pictures, worked solutions

  ${OCEAN} COMMAND --help  says more, with an example
  ${OCEAN} --version

Environment: OCEAN_DATA_DIR is where annotations are installed (.data if unset).
Exit codes: 0 done, 2 bad use, 3 bad file, 4 answers that are not equal, 5 a run that is worse, 1 anything
else.

Example:
  ${OCEAN} score counting_superclevr_5k_grpo_100.json --benchmark superclevr
`;

/** Runs a command line to its end and sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  // A reader that has seen enough (`ocean … | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    const { code, line } = explain(error);
    say(`ocean: ${line}`);
    process.exit(code);
  });
  try {
    await runCommand(args);
  } catch (error) {
    const { code, line } = explain(error);
    say(`ocean: ${line}`);
    process.exitCode = code;
  }
}

async function runCommand(args: readonly string[]): Promise<void> {
  const [first = '', second = ''] = args;
  if (first === '--version' || first === '-v') return print(version);
  if (first === '--help' || first === '-h' || first === 'help') return write(HELP);
  if (first === '') throw new UsageError(`say what to do: ${OCEAN} --help lists the commands`);
  const words = Object.hasOwn(COMMANDS, `${first} ${second}`) ? 2 : 1;
  const name = args.slice(0, words).join(' ');
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new UsageError(`there is no command "${first}": ${OCEAN} --help lists them`);
  const command = await load();
  const rest = args.slice(words);
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (options.includes('--help') || options.includes('-h')) return write(command.help);
  await command.run(rest);
}
