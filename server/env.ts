import { z } from 'zod';

/** The whole environment of the web server, read and validated once. Names and meanings: `.env.example`. */

const emptyIsUnset = (value: unknown) => (value === '' ? undefined : value);

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
  OCEAN_JUDGE_URL: z.preprocess(
    emptyIsUnset,
    z
      .url({
        protocol: /^https?$/,
        error:
          'set the base address of an OpenAI-compatible API, as https://host/v1, or leave it unset for no judge',
      })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
  ),
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
