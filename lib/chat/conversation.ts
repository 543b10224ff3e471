import * as z from 'zod';
import { STAGES } from '@/lib/models/stage';
import { TASKS } from '@/lib/world/question';
import { SEED_LIMIT } from '@/lib/world/random';
import { LIMITS } from './limits';

/**
 * A conversation as it is stored in the visitor's browser, exported, and shared. It is a tree of turns: an edited
 * question stands beside the one it was made of, and each turn has the replies of all models that were asked.
 */

const id = z.string().regex(/^[\w-]{8,64}$/);
const instant = z.iso.datetime();
const whole = z.int().nonnegative();
const side = z.int().min(1).max(LIMITS.pictureSide);
const line = z.string().min(1).max(200);

/** A list whose length is looked at before what is in it: of a million wrong entries none is read. */
const short = <Each extends z.ZodType>(each: Each, most: number) =>
  z.array(z.unknown()).max(most).pipe(z.array(each));

/** Width and height of the picture in whose pixels a box is. */
export const frameSchema = z.strictObject({
  width: z.int().min(1).max(16_384),
  height: z.int().min(1).max(16_384),
});

const boxSchema = z.tuple([whole, whole, whole, whole]);

/** Of Ocean World: with it the scene can be made again, at any size. */
export const sceneSchema = z.strictObject({
  task: z.enum(TASKS),
  seed: whole.max(SEED_LIMIT - 1),
  /** Side of the picture that the question is asked about. */
  size: z.int().min(96).max(512),
  version: whole,
});

export const pictureSchema = z.strictObject({
  id,
  /** Nothing but a bitmap: PNG or JPEG, as this page wrote it. */
  url: z
    .string()
    .max(LIMITS.pictureUrl)
    .regex(/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/),
  width: side,
  height: side,
  /** Null for a picture that the visitor brought. */
  scene: sceneSchema.nullable(),
});

/** The right answer, where it is known. */
export const truthSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('words'),
    /** All that say the same; the first is the canonical one. */
    forms: short(line, 60).refine((forms) => forms.length > 0, 'must not be empty'),
    options: short(line, 20).nullable(),
  }),
  z.strictObject({ kind: z.literal('box'), box: boxSchema, frame: frameSchema }),
]);

/** A model as the conversation's columns name it: of this browser, or behind an endpoint of the server. */
export const chatModelSchema = z.strictObject({
  /** `browser:nano-stage1`, or `server:` and the endpoint's id. */
  id: z.string().regex(/^(browser|server):[\w.-]{1,80}$/),
  label: line,
  /** What it was trained by, as far as that is known. */
  stage: z.enum(STAGES).nullable(),
  /** The checkpoint that answers, as its folder or its server names it. */
  checkpoint: line,
});

export const figuresSchema = z.strictObject({
  /** Null where the server does not say. */
  promptTokens: whole.nullable(),
  /** Of the prompt, kept from the reply before; null where nobody says. */
  reusedTokens: whole.nullable(),
  /** Of the reply. */
  tokens: whole.nullable(),
  firstTokenMs: z.number().nonnegative().nullable(),
  totalMs: z.number().nonnegative(),
  /** From the first token to `</think>`; null without a closed thinking. */
  thinkingMs: z.number().nonnegative().nullable(),
  /** What computed it: `wasm, 2 threads`, or the endpoint's label. */
  engine: line,
});

export const endSchema = z.discriminatedUnion('why', [
  z.strictObject({ why: z.literal('stop') }),
  /** The limit on new tokens was reached. */
  z.strictObject({ why: z.literal('length') }),
  z.strictObject({ why: z.literal('cancelled') }),
  z.strictObject({ why: z.literal('failed'), message: z.string().min(1).max(1_000) }),
]);

export const replySchema = z.strictObject({
  id,
  modelId: chatModelSchema.shape.id,
  text: z.string().max(LIMITS.reply),
  /** Null while it is being written: in a stored conversation, one that was interrupted. */
  end: endSchema.nullable(),
  figures: figuresSchema.nullable(),
  /** Temperature 0 is greedy. */
  sampling: z.strictObject({ temperature: z.number().min(0).max(2), seed: whole }),
  /** The picture as this model sees it, in whose pixels its boxes are; null where nothing was seen. */
  frame: frameSchema.nullable(),
});

export const turnSchema = z.strictObject({
  id,
  /** The turn before; null for a first one. */
  parentId: id.nullable(),
  askedAt: instant,
  question: z.string().min(1).max(LIMITS.question),
  /** Which instruction follows the question: one of lib/benchmarks/prompts. */
  promptId: z.enum(['seed-think', 'seed-rec', 'plain']),
  /** A picture that comes with this question; null where it is about those before it, or about none. */
  pictureId: id.nullable(),
  truth: truthSchema.nullable(),
  /** In the order in which they were begun. */
  replies: short(replySchema, LIMITS.replies),
});

export const conversationSchema = z
  .strictObject({
    format: z.literal('ocean-r1/conversation'),
    version: z.literal(1),
    id,
    title: line,
    createdAt: instant,
    updatedAt: instant,
    /** All that have answered. */
    models: short(chatModelSchema, 20),
    pictures: short(pictureSchema, LIMITS.pictures),
    turns: short(turnSchema, LIMITS.turns),
    /** The last turn of the branch that is shown; null where nothing was asked. */
    currentId: id.nullable(),
  })
  .superRefine(({ models, pictures, turns, currentId }, context) => {
    const known = { model: idsOf(models), picture: idsOf(pictures), turn: new Set<string>() };
    const need = (kind: keyof typeof known, wanted: string | null, path: PropertyKey[]) => {
      if (wanted !== null && !known[kind].has(wanted))
        context.addIssue({ code: 'custom', path, message: `there is no ${kind} “${wanted}”` });
    };
    for (const [at, turn] of turns.entries()) {
      if (known.turn.has(turn.id))
        context.addIssue({ code: 'custom', path: ['turns', at, 'id'], message: 'two turns have one id' });
      // A parent stands before its turns, so the tree has no circles.
      need('turn', turn.parentId, ['turns', at, 'parentId']);
      need('picture', turn.pictureId, ['turns', at, 'pictureId']);
      for (const [nth, { modelId }] of turn.replies.entries())
        need('model', modelId, ['turns', at, 'replies', nth, 'modelId']);
      known.turn.add(turn.id);
    }
    need('turn', currentId, ['currentId']);
  });

const idsOf = (each: readonly { id: string }[]): Set<string> => new Set(each.map(({ id }) => id));

export type Frame = z.infer<typeof frameSchema>;
export type SceneRef = z.infer<typeof sceneSchema>;
export type ChatPicture = z.infer<typeof pictureSchema>;
export type Truth = z.infer<typeof truthSchema>;
export type ChatModel = z.infer<typeof chatModelSchema>;
export type Figures = z.infer<typeof figuresSchema>;
export type ReplyEnd = z.infer<typeof endSchema>;
export type Reply = z.infer<typeof replySchema>;
export type Turn = z.infer<typeof turnSchema>;
export type Conversation = z.infer<typeof conversationSchema>;
