import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { readStage, type Stage } from '@/lib/models/stage';
import { PredictionsError } from '@/lib/predictions/predictions-file';
import type { AppRouter } from '@/server/trpc/router';
import { type Command, count, OCEAN, print, ServerError, say, UsageError } from './command';
import { fileSource } from './file-source';
import { type Api, connect, serverNamed } from './server-api';

const help = `Sends a predictions file to a server, which scores it; the run can then be looked at and published.

Usage: ${OCEAN} submit FILE --server URL --token T [--model NAME | --new-model NAME] [options]

  --server       address of the server
  --token        its write token; left out, OCEAN_TOKEN
  --benchmark    left out, the file's content says it
  --split        left out, the file's rows say it

  Whose predictions they are; left out, the model that the file names, else the file's own name:
  --model        a model that the server has, by name or checkpoint id
  --stage        which of its checkpoints: base, stage1 or stage2; needed where it has several
  --new-model    the name of a model that the server does not have yet
    --family     its family, as "Qwen2.5-VL"; left out: a family of its own
    --params     billions of parameters; left out: undisclosed
    --open       its weights are open
    --link       a page about it
    --stage      base, stage1 or stage2 of Ocean-R1's recipe; left out for a model of another
    --parent     id of the checkpoint that it was trained from

  --prompt       the prompt that was used, {Question} standing for the question; left out, what the file says
  --generation   a setting, as temperature=0; may be given several times
  --publish      publish the run once it is scored; left out, it waits for a decision
  --json         one JSON object {run_id, url, state, existed, headline, ci, total, matched, missing}

The same bytes for the same benchmark are the same run.

Example:
  ${OCEAN} submit predictions.jsonl --server https://ocean.example.org --new-model "My VL 3B" --family Qwen2.5-VL --params 3 --open --generation temperature=0
`;

type NewRun = inferRouterInputs<AppRouter>['submissions']['create'];
type Preflight = inferRouterOutputs<AppRouter>['submissions']['preflight'];

/** How often the server is asked how far the scoring is. */
const POLL_MS = 500;

const options = {
  server: { type: 'string' },
  token: { type: 'string' },
  benchmark: { type: 'string' },
  split: { type: 'string' },
  model: { type: 'string' },
  'new-model': { type: 'string' },
  family: { type: 'string' },
  params: { type: 'string' },
  open: { type: 'boolean' },
  link: { type: 'string' },
  stage: { type: 'string' },
  parent: { type: 'string' },
  prompt: { type: 'string' },
  generation: { type: 'string', multiple: true },
  publish: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export const submit: Command = {
  help,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError(`name one predictions file: ${OCEAN} submit FILE`);
    const token = values.token ?? process.env.OCEAN_TOKEN;
    const server = serverNamed(values.server);
    if (token === undefined || token === '')
      throw new UsageError('this needs the write token of the server: --token T, or OCEAN_TOKEN');
    const model = modelWish(values);
    const generation = generationOf(values.generation ?? []);
    const source = fileSource(path);

    const api = connect(server, token);
    // A wrong name is found before the file is sent.
    const named = model.kind === 'unnamed' ? null : await chooseModel(api, model);
    say(`sending ${source.name} (${count(source.size)} bytes)`);
    const { sha256 } = await api.upload(source);
    const fileName = basename(path).slice(-200);
    const report = await api.call(
      (trpc) =>
        trpc.submissions.preflight.mutate({
          fileSha256: sha256,
          fileName,
          benchmark: values.benchmark ?? null,
          split: values.split ?? null,
        }),
      PredictionsError,
    );
    const target = scorable(report);
    say(
      `${report.format.label}; ${target.benchmark} ${target.split}: ${report.matched} of ${report.total} samples matched, ${report.whole ? `${report.missing} missing, ` : ''}${report.unknown} unknown rows, ${report.duplicates} duplicates${report.whole ? '' : `, of the first ${count(report.rows)} rows`}`,
    );
    const checkpoint = named ?? (await modelOfFile(api, report, say));
    const { runId, existed } = await api.call((trpc) =>
      trpc.submissions.create.mutate({
        fileSha256: sha256,
        fileName,
        ...target,
        model: checkpoint,
        prompt: values.prompt ?? report.manifest.prompt,
        generation: generation ?? generationOfManifest(report),
      }),
    );
    if (existed) say('these bytes are a run already');
    let run = await untilScored(api, runId, say);
    if (values.publish && run.state === 'scored') {
      await api.call((trpc) => trpc.submissions.publish.mutate({ runId }));
      run = await api.call((trpc) => trpc.runs.get.query({ id: runId }));
    }
    const url = `${server}/runs/${runId}`;
    const { score } = run;
    if (values.json)
      return print(
        JSON.stringify({
          run_id: runId,
          url,
          state: run.state,
          existed,
          headline: score?.headline ?? null,
          ci: score?.interval ? [score.interval.low, score.interval.high] : null,
          total: score?.total ?? null,
          matched: run.matched,
          missing: run.missing,
        }),
      );
    if (score !== null)
      print(
        `${score.headline.toFixed(2)} %${score.interval === null ? '' : `   ${score.interval.low.toFixed(2)} to ${score.interval.high.toFixed(2)}`}`,
      );
    print(run.state === 'published' ? `published: ${url}` : `look at it, then publish or discard it: ${url}`);
  },
};

interface ModelFlags {
  model?: string | undefined;
  'new-model'?: string | undefined;
  family?: string | undefined;
  params?: string | undefined;
  open?: boolean | undefined;
  link?: string | undefined;
  stage?: string | undefined;
  parent?: string | undefined;
}
type ModelWish =
  | { kind: 'unnamed' }
  | { kind: 'existing'; name: string; stage: Stage | null }
  | Extract<NewRun['model'], { kind: 'new' }>;

function modelWish(flags: ModelFlags): ModelWish {
  const stage = flags.stage === undefined ? null : readStage(flags.stage);
  if (flags.stage !== undefined && stage === null) throw new UsageError('--stage is base, stage1 or stage2');
  if (flags.model !== undefined) {
    if (flags['new-model'] !== undefined)
      throw new UsageError('give --model for a model that the server has, or --new-model, not both');
    return { kind: 'existing', name: flags.model, stage };
  }
  const name = flags['new-model'];
  if (name === undefined) return { kind: 'unnamed' };
  const parametersB = flags.params === undefined ? null : Number(flags.params);
  if (parametersB !== null && !(parametersB > 0))
    throw new UsageError('--params is a number of billions, as 3 or 7.6');
  if (flags.link !== undefined && !(/^https?:/i.test(flags.link) && URL.canParse(flags.link)))
    throw new UsageError('--link is an address, as https://example.org/model');
  return {
    kind: 'new',
    name,
    family: flags.family ?? name,
    parametersB,
    openWeights: flags.open ?? false,
    link: flags.link ?? null,
    stage,
    parentId: flags.parent ?? null,
  };
}

/** `key=value`, the value as JSON where it is some. Null where there are none. */
function generationOf(settings: readonly string[]): NewRun['generation'] {
  if (settings.length === 0) return null;
  return Object.fromEntries(
    settings.map((setting) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
      if (key === undefined || value === undefined)
        throw new UsageError(`--generation ${setting}: write it as key=value`);
      return [key, settingOf(value)];
    }),
  );
}

function settingOf(text: string): string | number | boolean | null {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** What the file says of its settings; what is no plain value there goes as its JSON. */
function generationOfManifest({ manifest }: Preflight): NewRun['generation'] {
  if (manifest.generation === null) return null;
  return Object.fromEntries(
    Object.entries(manifest.generation).map(([key, value]) => [
      key,
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
        ? value
        : JSON.stringify(value),
    ]),
  );
}

/** The model that the file names, else one that is called as the file is; new where the server does not have it. */
async function modelOfFile(
  api: Api,
  report: Preflight,
  say: (line: string) => void,
): Promise<NewRun['model']> {
  const name = (report.manifest.model ?? report.fileName.replace(/(\.\w+)+$/, '')).slice(0, 60);
  const models = await api.call((trpc) => trpc.submissions.models.query());
  const [known, ...more] = models.filter((each) => each.modelName.toLowerCase() === name.toLowerCase());
  say(`no model is named: taken as those of "${name}"`);
  if (known !== undefined && more.length === 0) return { kind: 'existing', checkpointId: known.checkpointId };
  if (known !== undefined)
    throw new UsageError(`"${name}" has several stages: say which by --model and --stage`);
  return {
    kind: 'new',
    name,
    family: name,
    parametersB: null,
    openWeights: false,
    link: null,
    stage: null,
    parentId: null,
  };
}

async function chooseModel(
  api: Api,
  wish: Exclude<ModelWish, { kind: 'unnamed' }>,
): Promise<NewRun['model']> {
  if (wish.kind === 'new') return wish;
  const models = await api.call((trpc) => trpc.submissions.models.query());
  const same = (text: string) => text.toLowerCase() === wish.name.toLowerCase();
  const named = models.filter((each) => same(each.modelName) || each.checkpointId === wish.name);
  const found = named.filter((each) => wish.stage === null || each.stage === wish.stage);
  const [checkpoint] = found;
  if (checkpoint !== undefined && found.length === 1)
    return { kind: 'existing', checkpointId: checkpoint.checkpointId };
  if (named.length === 0) {
    const names = [...new Set(models.map((each) => each.modelName))].sort();
    throw new UsageError(
      `the server has no model "${wish.name}"; it has ${names.join(', ') || 'none'}. For another: --new-model`,
    );
  }
  throw new UsageError(
    `"${wish.name}" has checkpoints of the stages ${named.map((each) => each.stage ?? 'none').join(', ')}: choose one with --stage`,
  );
}

/** @throws PredictionsError where the preflight found what stands in the way of scoring */
function scorable(report: Preflight): NonNullable<Preflight['target']> {
  if (report.problems.length > 0) throw new PredictionsError(report.problems.join(' '));
  if (report.target === null) {
    const choices = report.candidates.map((each) => `${each.benchmark} ${each.split}`).join(', ');
    throw new UsageError(
      `the file does not say which benchmark it is of: choose with --benchmark and --split${choices && ` (it may be ${choices})`}`,
    );
  }
  return report.target;
}

async function untilScored(api: Api, runId: string, say: (line: string) => void) {
  let told = -1;
  for (;;) {
    const run = await api.call((trpc) => trpc.runs.get.query({ id: runId }));
    if (run.state === 'failed' || run.state === 'cancelled')
      throw new ServerError(
        `the scoring ${run.state === 'failed' ? 'failed' : 'was cancelled'}${run.error === null ? '' : `: ${run.error}`}`,
      );
    if (run.state !== 'scoring') return run;
    const share = run.progress === null ? 0 : Math.floor((10 * run.progress.scored) / run.progress.total);
    if (run.progress !== null && share > told) say(`scored ${run.progress.scored} of ${run.progress.total}`);
    told = Math.max(told, share);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
