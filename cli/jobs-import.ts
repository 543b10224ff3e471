import { parseArgs } from 'node:util';
import type { ByteSource } from '@/lib/predictions/predictions-file';
import { type Command, count, OCEAN, print, say, UsageError } from './command';
import { fileSource } from './file-source';
import { apiOf, ON_A_SERVER, ON_A_SERVER_HELP } from './jobs';
import { type RunFolder, readRunFolder } from './run-folder';
import type { Api } from './server-api';

const options = {
  ...ON_A_SERVER,
  recipe: { type: 'string' },
  log: { type: 'string' },
  name: { type: 'string' },
  note: { type: 'string' },
  public: { type: 'boolean' },
} as const;

export const jobsImport: Command = {
  help: `Makes a run on a server of a folder that the trainer wrote without an agent: its metrics, its rollouts with their pictures, its last
checkpoint and its log. Imported again it is the same run, with what came since.

Usage: ${OCEAN} jobs import FOLDER --server URL --token T [options]

${ON_A_SERVER_HELP}
  --recipe   the recipe's file, where the folder has no checkpoint; left out, what the last checkpoint says
  --log      a file of what the run printed; left out, log.txt of the folder where there is one
  --name     left out, the recipe's name
  --note     a sentence on what it was for
  --public   everybody may see it
  --json     one JSON object {id, steps, rollouts, files}

Example:
  ${OCEAN} jobs import runs/toy-stage1 --server http://localhost:4100
`,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0)
      throw new UsageError(`name one folder: ${OCEAN} jobs import FOLDER`);
    const run = readRunFolder(folder, values);
    const api = apiOf(values);
    const sent = await sendFiles(api, run);
    const { sha256: told } = await api.upload(eventsOf(run), 'checkpoint');
    const { key, kind, toml, start, state, startedAt, endedAt } = run;
    const id = await api.call((trpc) =>
      trpc.training.import.mutate({
        key,
        name: values.name ?? run.name,
        note: values.note ?? '',
        public: values.public ?? false,
        spec: { kind, recipe: { toml, overrides: {} }, start: { kind: 'path', path: start }, rows: [] },
        state,
        startedAt,
        endedAt,
        told,
      }),
    );
    const { lastStep, rolloutSteps, files } = run;
    if (values.json)
      return print(JSON.stringify({ id, steps: lastStep, rollouts: rolloutSteps, files: files.size }));
    say(
      `${count(lastStep)} steps, rollouts of ${count(rolloutSteps.length)} of them, ${count(files.size)} files of which ${count(sent)} were sent`,
    );
    print(id);
  },
};

/** Those that the server has not got. @returns how many they were. */
async function sendFiles(api: Api, { files }: RunFolder): Promise<number> {
  const all = [...files.keys()];
  let sent = 0;
  for (let from = 0; from < all.length; from += 1_000) {
    const some = all.slice(from, from + 1_000);
    const missing = await api.call((trpc) => trpc.training.missingBlobs.mutate({ all: some }));
    for (const sha256 of missing) {
      const file = files.get(sha256);
      if (file === undefined) continue;
      await api.upload(fileSource(file.path), file.kind);
      sent += 1;
    }
  }
  return sent;
}

/** All that an agent would have told, a line an event. */
function eventsOf(run: RunFolder): ByteSource {
  const encoder = new TextEncoder();
  return {
    name: 'events.jsonl',
    size: 0,
    *chunks() {
      for (const event of run.events()) yield encoder.encode(`${JSON.stringify(event)}\n`);
    },
  };
}
