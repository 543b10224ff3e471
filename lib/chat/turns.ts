import type { ChatModel, ChatPicture, Conversation, Reply, Turn } from './conversation';

/** What is done with a conversation. Every function gives a new one and leaves the given one as it is. */

export function newConversation(id: string, now: Date): Conversation {
  return {
    format: 'ocean-r1/conversation',
    version: 1,
    id,
    title: 'New conversation',
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    models: [],
    pictures: [],
    turns: [],
    currentId: null,
  };
}

/** The turns from the first to the given one, null for none. */
export function pathTo({ turns }: Conversation, turnId: string | null): Turn[] {
  const byId = new Map(turns.map((turn) => [turn.id, turn]));
  const path: Turn[] = [];
  for (let at = turnId; at !== null; ) {
    const turn = byId.get(at);
    if (turn === undefined) break;
    path.unshift(turn);
    at = turn.parentId;
  }
  return path;
}

/** The branch that is shown. */
export const shownTurns = (conversation: Conversation): Turn[] =>
  pathTo(conversation, conversation.currentId);

/** A turn and those that were edited out of it or it out of them, oldest first. */
export const versionsOf = ({ turns }: Conversation, { parentId }: Turn): Turn[] =>
  turns.filter((turn) => turn.parentId === parentId);

/** Shows the branch through a turn: to the newest turn that follows it. */
export function showTurn(conversation: Conversation, turnId: string): Conversation {
  let currentId = turnId;
  // Turns stand behind their parents, so one pass finds the newest line of descent.
  for (const turn of conversation.turns) if (turn.parentId === currentId) currentId = turn.id;
  return { ...conversation, currentId };
}

const TITLE_LENGTH = 80;

/** A question's first line, as a title. */
export function titleOf(question: string): string {
  const [first = ''] = question.trim().split('\n');
  return first.length > TITLE_LENGTH ? `${first.slice(0, TITLE_LENGTH).trimEnd()}…` : first;
}

/** Adds a turn behind its parent and shows it, with the models that answer and the picture that comes with it. */
export function withTurn(
  conversation: Conversation,
  turn: Turn,
  models: readonly ChatModel[],
  picture: ChatPicture | null,
): Conversation {
  const { turns, pictures } = conversation;
  return withModels(
    {
      ...conversation,
      title: turns.length === 0 ? titleOf(turn.question) : conversation.title,
      updatedAt: turn.askedAt,
      pictures:
        picture === null || pictures.some(({ id }) => id === picture.id) ? pictures : [...pictures, picture],
      turns: [...turns, turn],
      currentId: turn.id,
    },
    models,
  );
}

/** Keeps who answers; a model that was renamed since has its newer name. */
export function withModels(conversation: Conversation, models: readonly ChatModel[]): Conversation {
  const others = conversation.models.filter(({ id }) => models.every((model) => model.id !== id));
  return { ...conversation, models: [...others, ...models] };
}

/** Puts a reply in the place of that with its id, or behind all others of its turn. */
export function withReply(conversation: Conversation, turnId: string, reply: Reply): Conversation {
  const turns = conversation.turns.map((turn) => {
    if (turn.id !== turnId) return turn;
    const known = turn.replies.some(({ id }) => id === reply.id);
    return {
      ...turn,
      replies: known
        ? turn.replies.map((each) => (each.id === reply.id ? reply : each))
        : [...turn.replies, reply],
    };
  });
  return { ...conversation, turns };
}

/** A model's newest reply of a turn. */
export const replyOf = ({ replies }: Turn, modelId: string): Reply | undefined =>
  replies.findLast((reply) => reply.modelId === modelId);

/** A turn's columns: each model once, in the order in which they were asked. */
export const columnsOf = ({ replies }: Turn): string[] => [...new Set(replies.map(({ modelId }) => modelId))];

/** A conversation of its own that goes on from a turn; nothing of other branches is in it. */
export function branchAt(conversation: Conversation, turnId: string, id: string, now: Date): Conversation {
  const turns = pathTo(conversation, turnId);
  const shown = new Set(turns.map(({ pictureId }) => pictureId));
  const asked = new Set(turns.flatMap(columnsOf));
  return {
    ...conversation,
    id,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    models: conversation.models.filter((model) => asked.has(model.id)),
    pictures: conversation.pictures.filter((picture) => shown.has(picture.id)),
    turns,
    currentId: turnId,
  };
}

/** What a branch is called that goes on from a turn: by the question that it was taken at. */
export function branchTitle({ turns }: Conversation, turnId: string): string {
  const taken = turns.find(({ id }) => id === turnId);
  return titleOf(`Branch: ${taken?.question.trim() ?? ''}`);
}

/** The picture that a turn is about: its own, or the last one before it. */
export function pictureAt(conversation: Conversation, turnId: string): ChatPicture | null {
  const pictureId = pathTo(conversation, turnId).findLast((turn) => turn.pictureId !== null)?.pictureId;
  return conversation.pictures.find(({ id }) => id === pictureId) ?? null;
}
