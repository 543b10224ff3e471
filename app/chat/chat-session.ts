import type { ChatModel, ChatPicture, Conversation, Reply, Turn } from '@/lib/chat/conversation';
import { LIMITS } from '@/lib/chat/limits';
import { messagesFor } from '@/lib/chat/messages';
import { pathTo, withModels, withReply, withTurn } from '@/lib/chat/turns';
import { judge } from '@/lib/chat/verdict';
import { newId } from './new-id';
import type { Heard, ReplySource } from './reply-source';

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });

/** What a running reply is doing. */
export type Activity =
  | { phase: 'waiting' | 'reading' | 'writing' }
  | (Pick<Extract<Heard, { type: 'loading' }>, 'loaded' | 'total' | 'bytesPerSecond'> & { phase: 'loading' });

export interface SessionState {
  conversation: Conversation;
  /** By the id of a reply; a reply that is not here is not running. */
  activity: ReadonlyMap<string, Activity>;
  /** By the id of a model: how often it was right since the page was opened, at its first try. */
  tally: ReadonlyMap<string, Tally>;
}

export interface Tally {
  right: number;
  of: number;
}

export interface TurnRequest extends Pick<Turn, 'question' | 'promptId' | 'truth' | 'parentId'> {
  /** Null where the question is about the pictures before it. */
  picture: ChatPicture | null;
  models: readonly ChatModel[];
}

interface Run {
  turnId: string;
  reply: Reply;
  abort: AbortController;
}

/** Milliseconds from a token to the screen: a model may write a thousand a second. */
const FRAME_MS = 40;
const SAVE_EVERY_MS = 2_000;

/**
 * The conversation that is shown and the replies that are being written into it. Models of this browser share one engine
 * and answer one after the other; those behind servers answer at once.
 */
export class ChatSession {
  private current: SessionState;
  private readonly listeners = new Set<() => void>();
  private readonly runs = new Map<string, Run>();
  private inBrowser: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private savedAt = 0;

  constructor(
    conversation: Conversation,
    private readonly sourceOf: (model: ChatModel) => ReplySource,
    private readonly save: (conversation: Conversation) => void,
  ) {
    this.current = { conversation, activity: new Map(), tally: new Map() };
  }

  readonly state = (): SessionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Shows another conversation, or another branch of this one; what is running is stopped unless it is the same one's. */
  open(conversation: Conversation): void {
    if (conversation.id !== this.current.conversation.id) this.stop();
    this.set({ conversation });
  }

  /** Puts a question to the models. Says in a sentence why that cannot be, else null. */
  ask({ picture, models, ...asked }: TurnRequest): string | null {
    const { conversation } = this.current;
    if (conversation.turns.length >= LIMITS.turns || conversation.pictures.length >= LIMITS.pictures)
      return `A conversation has at most ${LIMITS.turns} questions and ${LIMITS.pictures} pictures: begin a new one.`;
    const turn: Turn = {
      ...asked,
      id: newId(),
      askedAt: new Date().toISOString(),
      pictureId: picture?.id ?? null,
      replies: [],
    };
    this.set({ conversation: withTurn(conversation, turn, models, picture) });
    for (const model of models) this.begin(turn.id, model, { temperature: 0, seed: 0 });
    this.saveNow();
    return null;
  }

  /** Asks a model once more; a try stands behind those before it. */
  retry(turnId: string, model: ChatModel, sampling: Reply['sampling']): void {
    this.set({ conversation: withModels(this.current.conversation, [model]) });
    this.begin(turnId, model, sampling);
    this.saveNow();
  }

  /** Stops a reply, or all; what came of it stays. */
  stop(replyId?: string): void {
    for (const run of [...this.runs.values()])
      if (replyId === undefined || run.reply.id === replyId) {
        run.abort.abort();
        this.end(run, { why: 'cancelled' });
      }
  }

  private begin(turnId: string, model: ChatModel, sampling: Reply['sampling']): void {
    const { conversation } = this.current;
    const reply: Reply = {
      id: newId(),
      modelId: model.id,
      text: '',
      end: null,
      figures: null,
      sampling,
      frame: null,
    };
    const messages = messagesFor(pathTo(conversation, turnId), model.id);
    const run: Run = { turnId, reply, abort: new AbortController() };
    this.runs.set(reply.id, run);
    this.set({ conversation: withReply(conversation, turnId, reply) });
    this.act(run, { phase: 'waiting' });
    const write = () => this.write(run, this.sourceOf(model), { model, messages });
    // One that was stopped holds nobody up, however long its source takes to notice.
    if (model.id.startsWith('browser:'))
      this.inBrowser = this.inBrowser.then(() => Promise.race([write(), aborted(run.abort.signal)]));
    else void write();
  }

  private async write(
    run: Run,
    source: ReplySource,
    asked: Pick<Parameters<ReplySource>[0], 'model' | 'messages'>,
  ): Promise<void> {
    const { signal } = run.abort;
    if (signal.aborted) return;
    let begun: number | null = null;
    let thinkingMs: number | null = null;
    try {
      for await (const heard of source({ ...asked, sampling: run.reply.sampling, signal })) {
        if (signal.aborted) return;
        switch (heard.type) {
          case 'loading': {
            const { loaded, total, bytesPerSecond } = heard;
            this.act(run, { phase: 'loading', loaded, total, bytesPerSecond });
            break;
          }
          case 'reading':
            run.reply = { ...run.reply, frame: heard.frame };
            this.act(run, { phase: 'reading' });
            break;
          case 'text': {
            begun ??= performance.now();
            const text = (run.reply.text + heard.text).slice(0, LIMITS.reply);
            if (thinkingMs === null && text.includes('</think>')) thinkingMs = performance.now() - begun;
            run.reply = { ...run.reply, text };
            if (this.current.activity.get(run.reply.id)?.phase !== 'writing')
              this.act(run, { phase: 'writing' });
            this.soon();
            break;
          }
          case 'ended':
            run.reply = {
              ...run.reply,
              figures: heard.figures === null ? null : { ...heard.figures, thinkingMs },
            };
            this.end(run, heard.end);
            return;
        }
      }
      this.end(run, { why: 'failed', message: 'The reply ended without saying why.' });
    } catch (reason) {
      // An aborted source throws what it likes.
      if (signal.aborted) return;
      const message = reason instanceof Error && reason.message !== '' ? reason.message : String(reason);
      this.end(run, { why: 'failed', message: message.slice(0, 1_000) });
    }
  }

  private end(run: Run, end: Reply['end']): void {
    run.reply = { ...run.reply, end };
    this.runs.delete(run.reply.id);
    const activity = new Map(this.current.activity);
    activity.delete(run.reply.id);
    this.set({
      conversation: withReply(this.current.conversation, run.turnId, run.reply),
      activity,
      tally: this.tallyWith(run),
    });
    this.saveNow();
  }

  private tallyWith({ turnId, reply }: Run): SessionState['tally'] {
    const { tally, conversation } = this.current;
    const turn = conversation.turns.find(({ id }) => id === turnId);
    const judgement = turn?.truth ? judge(turn.truth, reply) : null;
    const tries = turn?.replies.filter(({ modelId }) => modelId === reply.modelId).length;
    if (judgement === null || tries !== 1) return tally;
    const { right, of } = tally.get(reply.modelId) ?? { right: 0, of: 0 };
    return new Map(tally).set(reply.modelId, { right: right + (judgement.right ? 1 : 0), of: of + 1 });
  }

  private act(run: Run, doing: Activity): void {
    this.set({ activity: new Map(this.current.activity).set(run.reply.id, doing) });
  }

  /** Brings what was written to the screen, and now and then to the store. */
  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      let { conversation } = this.current;
      for (const { turnId, reply } of this.runs.values())
        conversation = withReply(conversation, turnId, reply);
      this.set({ conversation });
      if (performance.now() - this.savedAt > SAVE_EVERY_MS) this.saveNow();
    }, FRAME_MS);
  }

  private saveNow(): void {
    this.savedAt = performance.now();
    this.save(this.current.conversation);
  }

  private set(change: Partial<SessionState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}
