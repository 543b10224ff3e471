import type { ChatModel, Figures, Frame, Reply, ReplyEnd } from '@/lib/chat/conversation';
import type { ModelMessage } from '@/lib/chat/messages';

/** A reply as it arrives, from the browser's engine and from a server alike. */
export type Heard =
  /** The model's files are on their way here. */
  | { type: 'loading'; loaded: number; total: number; bytesPerSecond: number }
  /** The model has the prompt. `frame` is the conversation's last picture as it sees it, null without one. */
  | { type: 'reading'; frame: Frame | null }
  | { type: 'text'; text: string }
  | { type: 'ended'; end: ReplyEnd; figures: Omit<Figures, 'thinkingMs'> | null };

export interface ReplyRequest {
  model: ChatModel;
  messages: readonly ModelMessage[];
  sampling: Reply['sampling'];
  signal: AbortSignal;
}

/** Ends with `ended`, or throws an error whose message is a sentence for the visitor. */
export type ReplySource = (request: ReplyRequest) => AsyncIterable<Heard>;
