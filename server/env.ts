import { z } from 'zod';
import { endpoint } from '@/lib/chat/endpoint';

/** The whole environment of the web server, read and validated once. Names and meanings: `.env.example`. */

const emptyIsUnset = (value: unknown) => (value === '' ? undefined : value);

const apiAddress = (unset: string) =>
  z
    .url({
      protocol: /^https?$/,
      error: `set the base address of an OpenAI-compatible API, as https://host/v1${unset}`,
    })
    .transform((url) => url.replace(/\/+$/, ''));

/** A model behind an OpenAI-compatible API that visitors may talk to. */
const chatModel = endpoint.extend({
  /** The address before `/chat/completions`. */
  url: apiAddress(''),
  model: z.string().min(1).max(200),
  key: z.string().min(1).nullable().default(null),
  checkpoint: endpoint.shape.checkpoint.default(null),
  stage: endpoint.shape.stage.default(null),
  /** Those of Qwen2.5-VL's processor, with its pictures kept to a million pixels. */
  pictures: endpoint.shape.pictures.default({ multiple: 28, minPixels: 3_136, maxPixels: 1_003_520 }),
  /** How many replies may begin in a minute: of one visitor, and over all. */
  perVisitor: z.number().int().min(1).max(10_000).default(12),
  perMinute: z.number().int().min(1).max(10_000).default(60),
});
export type ServedModel = z.infer<typeof chatModel>;

const chatModels = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('set a JSON array, as in docs/serving.md, or leave it unset for no models');
      return z.NEVER;
    }
  })
  .pipe(z.array(chatModel).max(20))
  .refine(
    (models) => new Set(models.map(({ id }) => id)).size === models.length,
    'give each model an id of its own',
  );

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
);

/** Networks by their address and how many bits of it they share: 10.0.0.0/8, or one address. */
const networks = list.pipe(
  z.array(
    z
      .union(
        [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
        'set addresses or networks, as 127.0.0.1, 10.0.0.0/8',
      )
      .transform((text) => {
        const [address = '', bits] = text.split('/');
        return { address, prefix: Number(bits ?? (address.includes(':') ? 128 : 32)) };
      }),
  ),
);

const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  DATABASE_URL: z.preprocess(
    emptyIsUnset,
    z
      .string()
      .regex(
        /^postgres(ql)?:\/\//,
        'set it to postgres://user:password@host:port/name, or leave it unset for the embedded database',
      )
      .optional(),
  ),
  OCEAN_DATA_DIR: z.preprocess(emptyIsUnset, z.string().default('.data')),
  OCEAN_TOKEN: z.preprocess(
    emptyIsUnset,
    z.string().min(16, 'set at least 16 characters, or leave it unset so that nobody may write').optional(),
  ),
  LOG_LEVEL: z.preprocess(
    emptyIsUnset,
    z
      .enum(
        ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
        'set one of trace, debug, info, warn, error, silent',
      )
      .default('info'),
  ),
  OCEAN_JUDGE_URL: z.preprocess(emptyIsUnset, apiAddress(', or leave it unset for no judge').optional()),
  OCEAN_JUDGE_MODEL: z.preprocess(
    emptyIsUnset,
    z
      .string()
      // Part of a scorer's name, where the sign @ begins the version.
      .regex(/^[\w.:/-]{1,100}$/, "set a model's name: letters, digits and . : / - _")
      .optional(),
  ),
  OCEAN_JUDGE_KEY: z.preprocess(emptyIsUnset, z.string().optional()),
  OCEAN_JUDGE_PRICE: z.preprocess(
    emptyIsUnset,
    z
      .string()
      .regex(/^\d+(\.\d+)?,\d+(\.\d+)?$/, 'set the price of a million tokens in and out, as 0.15,0.60')
      .transform((text) => {
        const [input = 0, output = 0] = text.split(',').map(Number);
        return { input, output };
      })
      .optional(),
  ),
  OCEAN_JUDGE_PER_MINUTE: z.preprocess(
    emptyIsUnset,
    z.coerce.number('set how many calls a minute may begin').int().min(1).max(100_000).default(300),
  ),
  OCEAN_CHAT_MODELS: z.preprocess(emptyIsUnset, chatModels.default([])),
  PORT: z.preprocess(emptyIsUnset, z.coerce.number('set a port').int().min(0).max(65_535).default(3_000)),
  /** The address that it listens on; all of the machine's where unset. */
  HOST: z.preprocess(emptyIsUnset, z.string().optional()),
  OCEAN_TRUSTED_PROXY: z.preprocess(emptyIsUnset, networks.default([])),
  OCEAN_HOSTS: z.preprocess(
    emptyIsUnset,
    list
      .pipe(
        z.array(
          z.string().regex(/^[\w.-]+(:\d+)?$/, 'set hosts as browsers name them, as ocean.example.org'),
        ),
      )
      .default([]),
  ),
  /** Who runs the site, with an address where they say more. */
  OCEAN_OPERATOR: z.preprocess(
    emptyIsUnset,
    z
      .string()
      .regex(
        /^[^\n]{1,100}?( (https?:\/\/|mailto:)\S{1,200})?$/,
        'set a name, and an address after it, as Example Lab https://lab.example.org',
      )
      .transform((text) => {
        const [, name = '', url = null] = text.match(/^(.*?)(?: ((?:https?:\/\/|mailto:)\S+))?$/) ?? [];
        return { name, url };
      })
      .optional(),
  ),
  /** The repository that the site is built from: files are below `/blob/main/`. */
  OCEAN_SOURCE: z.preprocess(
    emptyIsUnset,
    z
      .url({
        protocol: /^https?$/,
        error: 'set the address of a repository, as https://github.com/name/ocean-r1',
      })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
  ),
  /** Set by Next itself while it builds; not for people. */
  NEXT_PHASE: z.string().optional(),
});

const whole = schema.superRefine(({ OCEAN_JUDGE_URL, OCEAN_JUDGE_MODEL }, context) => {
  if ((OCEAN_JUDGE_URL === undefined) !== (OCEAN_JUDGE_MODEL === undefined))
    context.addIssue({
      code: 'custom',
      path: [OCEAN_JUDGE_URL === undefined ? 'OCEAN_JUDGE_URL' : 'OCEAN_JUDGE_MODEL'],
      message:
        'a judge needs both an address and a model: set both OCEAN_JUDGE_URL and OCEAN_JUDGE_MODEL, or neither',
    });
});

export type Env = z.infer<typeof whole>;

/** @throws Error with one sentence a wrong variable, saying what to set. */
export function readEnv(source: Record<string, string | undefined>): Env {
  const result = whole.safeParse(source);
  if (result.success) return result.data;
  const sentences = result.error.issues.map(
    (issue) => `${issue.path.join('.')} is not usable: ${issue.message}.`,
  );
  throw new Error(sentences.join('\n'));
}

let cached: Env | undefined;

export function env(): Env {
  cached ??= readEnv(process.env);
  return cached;
}
