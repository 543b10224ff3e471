import { formatStage } from '@/app/ui/format';
import { readStage, type Stage } from '@/lib/models/stage';
import type { NewRun } from '@/server/evals/new-run';
import type { PreflightReport } from '@/server/evals/types';

/** What the form knows of the checkpoints that are on the board already. */
export interface KnownModel {
  checkpointId: string;
  modelName: string;
  stage: Stage | null;
  family: string;
}

export interface KnownPrompt {
  id: string;
  label: string;
  template: string;
}

/** "Ocean-R1 7B · stage 2", made unique by the checkpoint's id where two read alike. */
export function modelLabels(models: readonly KnownModel[]): ReadonlyMap<string, KnownModel> {
  const labels = new Map<string, KnownModel>();
  for (const model of models) {
    const { modelName, stage } = model;
    const label = stage === null ? modelName : `${modelName} · ${formatStage(stage)}`;
    labels.set(labels.has(label) ? `${label} · ${model.checkpointId}` : label, model);
  }
  return labels;
}

export type Decoding = 'unstated' | 'greedy' | 'sampled';

/** The form's first values, from what the file says of itself. */
export interface Prefill {
  model: { kind: 'existing'; label: string } | { kind: 'new'; name: string };
  /** A prompt's id, `own`, or empty where nothing is said. */
  promptChoice: string;
  promptText: string;
  decoding: Decoding;
  temperature: string;
  topP: string;
  maxNewTokens: string;
  seed: string;
  /** Settings that the form has no field for; they are kept as they are. */
  otherSettings: Readonly<Record<string, string | number | boolean | null>>;
}

// The same setting under the names that the tools write.
const SETTING_NAMES = {
  temperature: ['temperature'],
  topP: ['top_p', 'topP'],
  maxNewTokens: ['max_new_tokens', 'maxNewTokens', 'max_tokens', 'max_gen_toks'],
  seed: ['seed'],
  decoding: ['greedy', 'do_sample'],
} as const;
const NAMED_SETTINGS: ReadonlySet<string> = new Set(Object.values(SETTING_NAMES).flat());

export function prefill(
  manifest: PreflightReport['manifest'],
  models: readonly KnownModel[],
  prompts: readonly KnownPrompt[],
): Prefill {
  const settings = manifest.generation ?? {};
  const textOf = (names: readonly string[]): string => {
    const value = names.map((name) => settings[name]).find((found) => found !== undefined && found !== null);
    return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  };
  const temperature = textOf(SETTING_NAMES.temperature);
  const said = manifest.model?.trim().toLowerCase() ?? '';
  const label = [...modelLabels(models)].find(
    ([text, model]) => text.toLowerCase() === said || model.modelName.toLowerCase() === said,
  )?.[0];
  const known = prompts.find(({ id, template }) => manifest.prompt === id || manifest.prompt === template);
  return {
    model:
      label !== undefined || (said === '' && models.length > 0)
        ? { kind: 'existing', label: label ?? '' }
        : { kind: 'new', name: manifest.model?.trim() ?? '' },
    promptChoice: known?.id ?? (manifest.prompt ? 'own' : ''),
    promptText: known === undefined ? (manifest.prompt ?? '') : '',
    decoding: decodingOf(settings, temperature),
    temperature,
    topP: textOf(SETTING_NAMES.topP),
    maxNewTokens: textOf(SETTING_NAMES.maxNewTokens),
    seed: textOf(SETTING_NAMES.seed),
    otherSettings: Object.fromEntries(
      Object.entries(settings).flatMap(([name, value]) =>
        !NAMED_SETTINGS.has(name) && name.length <= 60 && isPlain(value) ? [[name, value]] : [],
      ),
    ),
  };
}

function decodingOf(settings: Record<string, unknown>, temperature: string): Decoding {
  if (settings.greedy === true || settings.do_sample === false) return 'greedy';
  if (settings.greedy === false || settings.do_sample === true) return 'sampled';
  if (temperature === '') return 'unstated';
  return Number(temperature) === 0 ? 'greedy' : 'sampled';
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return (
    value === null ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && value.length <= 500)
  );
}

/** The form's fields, in the order of the page: an error moves the focus to the first of them. */
export const FIELDS = [
  'existing',
  'name',
  'family',
  'parametersB',
  'link',
  'stage',
  'parent',
  'promptText',
  'temperature',
  'topP',
  'seed',
  'maxNewTokens',
] as const;
export type Field = (typeof FIELDS)[number];
export type FieldErrors = Readonly<Partial<Record<Field, string>>>;

export type RunDraft =
  | { ok: true; run: Pick<NewRun, 'model' | 'prompt' | 'generation'> }
  | { ok: false; errors: FieldErrors };

/** Reads the filled form. What is wrong is said by field, in a sentence; the server checks again. */
export function readDraft(
  form: FormData,
  models: readonly KnownModel[],
  prompts: readonly KnownPrompt[],
  otherSettings: Prefill['otherSettings'],
): RunDraft {
  const errors: Partial<Record<Field, string>> = {};
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const required = (field: Field, most: number, what: string): string => {
    const value = text(field);
    if (value === '') errors[field] = `Enter ${what}.`;
    else if (value.length > most) errors[field] = `Shorten this to ${most} characters.`;
    return value;
  };
  const optionalNumber = (field: Field, rule: NumberRule): number | null => {
    const value = text(field);
    if (value === '') return null;
    // Plain decimals only: Number() would also read "0x10" and "1e3".
    const number = /^-?\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (rule.holds(number)) return number;
    errors[field] = rule.sentence;
    return null;
  };

  const labels = modelLabels(models);
  const readModel = (): NewRun['model'] | null => {
    if (text('modelKind') === 'existing') {
      const label = text('existing');
      const known = labels.get(label);
      if (known !== undefined) return { kind: 'existing', checkpointId: known.checkpointId };
      errors.existing =
        label === ''
          ? 'Choose a model from the list, or describe a new one.'
          : 'No model of this name and stage is known here. Choose one from the list, or describe a new one.';
      return null;
    }
    const link = text('link');
    if (link !== '' && !isWebLink(link))
      errors.link = 'Enter an address that begins with https:// or http://, at most 300 characters long.';
    const parent = text('parent');
    const parentId = parent === '' ? null : (labels.get(parent)?.checkpointId ?? null);
    if (parent !== '' && parentId === null)
      errors.parent =
        'No model of this name and stage is known here. Choose one from the list, or leave it empty.';
    return {
      kind: 'new',
      name: required('name', 100, 'the name that the leaderboard shows'),
      family: required('family', 60, 'the family, such as Qwen2.5-VL'),
      parametersB: optionalNumber('parametersB', {
        holds: (value) => value > 0 && value <= 10_000,
        sentence: 'Enter billions of parameters as a number, such as 7 or 0.5, or leave it empty.',
      }),
      openWeights: form.has('openWeights'),
      link: link === '' ? null : link,
      stage: readStage(text('stage')),
      parentId,
    };
  };

  const readPrompt = (): string | null => {
    const choice = text('promptChoice');
    if (choice !== 'own') return prompts.find(({ id }) => id === choice)?.template ?? null;
    return required('promptText', 4_000, 'the prompt, or choose "not stated"');
  };

  const readGeneration = (): NewRun['generation'] => {
    const decoding = text('decoding');
    const stated: Record<string, number | boolean | null> = {
      greedy: decoding === 'greedy' ? true : decoding === 'sampled' ? false : null,
      max_new_tokens: optionalNumber('maxNewTokens', {
        holds: (value) => Number.isInteger(value) && value >= 1 && value <= 10_000_000,
        sentence: 'Enter a whole number of tokens, such as 1024, or leave it empty.',
      }),
    };
    if (decoding === 'sampled') {
      stated.temperature = optionalNumber('temperature', {
        holds: (value) => value >= 0 && value <= 100,
        sentence: 'Enter a number from 0 up, such as 0.7, or leave it empty.',
      });
      stated.top_p = optionalNumber('topP', {
        holds: (value) => value > 0 && value <= 1,
        sentence: 'Enter a number above 0 and up to 1, such as 0.95, or leave it empty.',
      });
      stated.seed = optionalNumber('seed', {
        holds: (value) => Number.isSafeInteger(value),
        sentence: 'Enter a whole number, such as 42, or leave it empty.',
      });
    }
    const all = {
      ...Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== null)),
      ...otherSettings,
    };
    return Object.keys(all).length === 0 ? null : all;
  };

  const model = readModel();
  const prompt = readPrompt();
  const generation = readGeneration();
  return model === null || Object.keys(errors).length > 0
    ? { ok: false, errors }
    : { ok: true, run: { model, prompt, generation } };
}

interface NumberRule {
  holds(value: number): boolean;
  sentence: string;
}

function isWebLink(link: string): boolean {
  return link.length <= 300 && URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
}
