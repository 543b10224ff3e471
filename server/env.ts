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
  /** Set by Next itself while it builds; not for people. */
  NEXT_PHASE: z.string().optional(),
});

export type Env = z.infer<typeof schema>;

/** @throws Error with one sentence a wrong variable, saying what to set. */
export function readEnv(source: Record<string, string | undefined>): Env {
  const result = schema.safeParse(source);
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
