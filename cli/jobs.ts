import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@/server/trpc/router';
import { type Command, count, EXIT, OCEAN, print, printLines, say, table, UsageError } from './command';
import { type Api, connect, serverNamed } from './server-api';

/** Jobs of a server: what its agents train, export and evaluate. */

export const ON_A_SERVER = {
  server: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const ON_A_SERVER_HELP = `  --server   address of the server
  --token    its write token; left out, OCEAN_TOKEN: without one, what everybody may see`;

/** @throws UsageError */
export function apiOf(values: { server?: string | undefined; token?: string | undefined }): Api {
  return connect(serverNamed(values.server), values.token ?? process.env.OCEAN_TOKEN ?? null);
}

type Job = NonNullable<inferRouterOutputs<AppRouter>['training']['page']>;

const progressOf = ({ state, step, steps }: Pick<Job, 'state' | 'step' | 'steps'>) =>
  `${state}${steps === null ? '' : `, step ${count(step)} of ${count(steps)}`}`;

export async function jobNamed(api: Api, id: string): Promise<Job> {
  const found = await api.call((trpc) => trpc.training.page.query({ id }));
  if (found === null) throw new UsageError(`the server has no job "${id}", or none that this token may see`);
  return found;
}

/** A command that is about one job, named by its id. */
function aboutOne(
  name: string,
  words: string,
  run: (
    api: Api,
    id: string,
    values: { json?: boolean | undefined; step?: string | undefined },
  ) => Promise<void>,
  more: { help: string; options: Record<string, { type: 'string' }> } = { help: '', options: {} },
): Command {
  const options = { ...ON_A_SERVER, ...more.options };
  const called = [OCEAN, 'jobs', name].join(' ');
  return {
    help: `${words}

Usage: ${called} JOB --server URL [--token T] [--json]

${ON_A_SERVER_HELP}
${more.help}  --json     for programs

Example:
  ${called} 7d5c0c3e-5d0c-4e39-9d53-0a1b2c3d4e5f --server https://ocean.example.org
`,
    options,
    async run(args) {
      const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
      const [id, ...others] = positionals;
      if (id === undefined || others.length > 0) throw new UsageError(`name one job: ${called} JOB`);
      await run(apiOf(values), id, values);
    },
  };
}

const listOptions = {
  ...ON_A_SERVER,
  state: { type: 'string', multiple: true },
  search: { type: 'string' },
} as const;

export const jobsList: Command = {
  help: `Lists the jobs of a server, the newest first.

Usage: ${OCEAN} jobs list --server URL [--token T] [--state S] [--search TEXT] [--json]

${ON_A_SERVER_HELP}
  --state    waiting, running, succeeded, failed or cancelled; may be given several times
  --search   a part of the name
  --json     one JSON object a line

Example:
  ${OCEAN} jobs list --server https://ocean.example.org --state running
`,
  options: listOptions,
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: listOptions });
    const states = (values.state ?? []).map((asked) => {
      const known = STATES.find((state) => state === asked);
      if (known === undefined) throw new UsageError(`--state is ${STATES.join(', ')}; not "${asked}"`);
      return known;
    });
    const jobs = await apiOf(values).call((trpc) =>
      trpc.training.list.query({
        ...(states.length > 0 ? { states } : {}),
        text: values.search,
        limit: 1_000,
      }),
    );
    if (values.json) return printLines(jobs.map((job) => JSON.stringify(job)));
    if (jobs.length === 0) return say('no jobs');
    print(
      table(
        jobs.map((job) => [
          job.id,
          job.kind,
          job.name,
          progressOf(job),
          job.score === null ? '' : `score ${job.score.toFixed(3)}`,
          job.agentName ?? '',
        ]),
      ),
    );
  },
};
const STATES = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** How often the server is asked how far a job is. */
const POLL_MS = 1_000;

export const jobsWatch: Command = aboutOne(
  'watch',
  'Tells how a job goes until it has ended: its steps, and what it says. Exit code 1 where it has not succeeded.',
  async (api, id, { json }) => {
    let told = -1;
    for (;;) {
      const job = await jobNamed(api, id);
      if (job.step !== told || ENDED.has(job.state)) {
        told = job.step;
        if (json)
          print(
            JSON.stringify({
              state: job.state,
              step: job.step,
              steps: job.steps,
              score: job.score,
              error: job.error,
            }),
          );
        else print(`${progressOf(job)}${job.score === null ? '' : `, score ${job.score.toFixed(3)}`}`);
      }
      if (ENDED.has(job.state)) {
        if (job.error !== null) say(job.error);
        if (job.state !== 'succeeded') process.exitCode = EXIT.failed;
        return;
      }
      await sleep(POLL_MS);
    }
  },
);
const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

export const jobsCancel: Command = aboutOne(
  'cancel',
  'Stops a job: one that waits at once, one at work when its step ends, with a checkpoint.',
  async (api, id, { json }) => {
    await api.call((trpc) => trpc.training.cancel.mutate({ id }));
    const { state, cancelRequested } = await jobNamed(api, id);
    if (json) print(JSON.stringify({ id, state, cancelRequested }));
    else print(state === 'cancelled' ? 'cancelled' : 'it stops when its step ends');
  },
);

export const jobsResume: Command = aboutOne(
  'resume',
  'Goes on with a training that failed or was cancelled, from its last checkpoint, as a new job.',
  async (api, id, { json }) => {
    const fresh = await api.call((trpc) => trpc.training.resume.mutate({ id }));
    print(json ? JSON.stringify({ id: fresh }) : fresh);
  },
);

export const jobsLogs: Command = aboutOne(
  'logs',
  'Prints what a job and its agent said, the last thousand entries.',
  async (api, id, { json }) => {
    for (const entry of await api.call((trpc) => trpc.training.log.query({ id, limit: 1_000 }))) {
      const { data } = entry;
      if (json) print(JSON.stringify(entry));
      else if (data.type === 'log') for (const line of data.lines) print(line);
      else if (data.type === 'notice') print(`${data.level}: ${data.text}`);
    }
  },
);

export const jobsRollouts: Command = aboutOne(
  'rollouts',
  'Prints the responses of a step, with what each was rewarded.',
  async (api, id, { json, step }) => {
    const { rolloutSteps } = await jobNamed(api, id);
    const last = rolloutSteps.at(-1);
    if (last === undefined) throw new UsageError('the job has no rollouts (yet)');
    const wanted = step === undefined ? last : Number(step);
    if (!rolloutSteps.includes(wanted))
      throw new UsageError(`step ${step} has no rollouts: those of ${rolloutSteps.join(', ')} are there`);
    for (let offset = 0; ; ) {
      const from = offset;
      const { total, groups } = await api.call((trpc) =>
        trpc.training.rollouts.query({ id, step: wanted, offset: from, limit: 50 }),
      );
      for (const { data } of groups)
        for (const { output, reward, terms, tokens } of data.responses)
          if (json)
            print(
              JSON.stringify({
                step: wanted,
                row: data.row,
                truth: data.groundTruth,
                reward,
                terms,
                tokens,
                output,
              }),
            );
          else
            print(
              `${data.row}\ttruth ${data.groundTruth}\treward ${reward}\t${tokens} tokens\t${JSON.stringify(output)}`,
            );
      offset += groups.length;
      if (groups.length === 0 || offset >= total) return;
    }
  },
  {
    help: '  --step     which step; left out, the last that has some\n',
    options: { step: { type: 'string' } },
  },
);
