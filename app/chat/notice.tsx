import type { ChatModel, ChatPicture, Turn } from '@/lib/chat/conversation';
import { taught } from '@/lib/chat/taught';
import { formatCount, formatPercent } from '../ui/format';
import { isNano } from './models';

/** Percent right of unseen questions, of a browser's model (`nano-stage2`) by task, as its published run has it. */
export type Measured = Readonly<
  Record<string, Readonly<Record<string, { accuracy: number; total: number }>>>
>;

/** Below it a task is one in which Nano is weak. */
const WEAK = 50;

/** Said before the answers, where Nano is asked: that it was not taught such a question, or how seldom it is right. */
export function Notice({
  turn,
  picture,
  models,
  measured,
}: {
  turn: Turn;
  picture: ChatPicture | null;
  models: readonly ChatModel[];
  measured: Measured;
}) {
  const last = models.findLast(isNano);
  if (last === undefined || picture === null) return null;
  const task = picture.scene?.task ?? null;
  const known = turn.truth === null ? taught(turn.question, task) : { taught: true as const, kind: task };
  if (!known.taught)
    return <p className="chat-notice">Nano was not taught {known.why}. It answers something anyway.</p>;
  const figure = measured[last.checkpoint]?.[known.kind ?? ''];
  if (figure === undefined || figure.accuracy >= WEAK) return null;
  return (
    <p className="chat-notice">
      Nano is weak at this: of {formatCount(figure.total)} unseen {known.kind} questions {last.label} answers{' '}
      {formatPercent(figure.accuracy)} % right.
    </p>
  );
}
