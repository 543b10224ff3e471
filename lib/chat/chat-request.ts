import { z } from 'zod';

/** What the page sends to `app/api/chat`, and what it is told at a reply's end. */

export const MAX_REQUEST_BYTES = 12_000_000;
/** Of its JSON. */
export const MAX_REQUEST_VALUES = 50_000;
export const MAX_MESSAGES = 100;
export const MAX_PICTURES = 8;
/** Characters of one message: the longest question with its instruction, or a reply of the most tokens. */
export const MAX_TEXT = 40_000;
export const MAX_NEW_TOKENS = 4_096;

const text = z.object({
  type: z.literal('text'),
  text: z.string().max(MAX_TEXT, `must have at most ${MAX_TEXT.toLocaleString('en')} characters`),
});
/** A picture's bytes as a data URL, at most a thousand or so pixels a side: the page makes it smaller first. */
const file = z.object({
  type: z.literal('file'),
  mediaType: z.string().startsWith('image/'),
  url: z.string().regex(/^data:image\/[\w.+-]+;base64,/, 'must be a data URL of a picture, in base64'),
});
const FOR_THE_MODEL = ['text', 'file'];

/** The AI SDK's UIMessage, whose further fields are let go. */
const message = z
  .object({
    role: z.enum(['system', 'user', 'assistant']),
    parts: z
      .array(z.unknown())
      .max(50)
      .pipe(z.array(z.looseObject({ type: z.string() })))
      // What the page keeps beside a message (figures, steps) is let go.
      .transform((parts) => parts.filter(({ type }) => FOR_THE_MODEL.includes(type)))
      .pipe(z.array(z.discriminatedUnion('type', [text, file]))),
  })
  .refine(({ parts }) => parts.length > 0, 'must have a text or a picture')
  .refine(({ role, parts }) => role === 'user' || parts.every(({ type }) => type === 'text'), {
    error: 'must not have pictures: those come with questions',
  });

export const chatRequest = z.object({
  /** The id of an endpoint. */
  endpoint: z.string(),
  messages: z
    .array(z.unknown())
    .min(1)
    // Before any is looked at: of a million wrong ones none is.
    .max(MAX_MESSAGES)
    .pipe(z.array(message))
    .refine(
      (messages) =>
        messages.flatMap(({ parts }) => parts.filter(({ type }) => type === 'file')).length <= MAX_PICTURES,
      `must have at most ${MAX_PICTURES} pictures`,
    ),
  /** As lib/vlm samples; `temperature` 0 is greedy. */
  sampling: z
    .object({
      temperature: z.number().min(0).max(2),
      topP: z.number().gt(0).max(1),
      seed: z.number().int().min(0).max(0xffff_ffff),
      maxNewTokens: z.number().int().min(1).max(MAX_NEW_TOKENS),
    })
    .default({ temperature: 0, topP: 1, seed: 0, maxNewTokens: 1_024 }),
});
export type ChatRequest = z.infer<typeof chatRequest>;

/**
 * Comes as the reply's last part, `{ type: 'data-figures', data }`. A reply without it failed or broke off: the stream's
 * error is then a sentence for the visitor. What a server sends as reasoning is part of the text, within `<think>`.
 */
export const replyFigures = z.object({
  /** `length`: the reply was ended by `maxNewTokens` or by the model's context. */
  why: z.enum(['stop', 'length']),
  /** Null where the server does not count. */
  promptTokens: z.number().int().min(0).nullable(),
  tokens: z.number().int().min(0).nullable(),
  firstTokenMs: z.number().min(0).nullable(),
  totalMs: z.number().min(0),
});
export type ReplyFigures = z.infer<typeof replyFigures>;
