import { type ReactNode, useState } from 'react';
import type { ChatModel, Reply, Truth } from '@/lib/chat/conversation';
import { answerOf, judge, sameAnswer } from '@/lib/chat/verdict';
import { newWords } from '@/lib/chat/word-differences';
import { faults } from '@/lib/reasoning/faults';
import { type Section, sections } from '@/lib/reasoning/sections';
import type { BoxLook } from '../ui/boxes';
import { CopyButton } from '../ui/copy-button';
import { formatBytes, formatCount } from '../ui/format';
import { type OnPoint, ReplyText } from '../ui/reply-text';
import type { Activity } from './chat-session';
import { figureWords, formatDuration } from './figure-words';
import { useWide } from './use-wide';

/** The reply of the column before, against which another is marked. */
export interface Baseline {
  label: string;
  reply: Reply;
}

export interface ReplyActions {
  stop: (replyId: string) => void;
  retry: (model: ChatModel, sampling: Reply['sampling']) => void;
}

/** One model's replies to a question: the answer first, so that columns can be compared at a glance, then how it came to it. */
export function ReplyView({
  model,
  look,
  replies,
  activity,
  truth,
  baseline,
  actions,
  onPoint,
}: {
  model: ChatModel;
  look: BoxLook;
  /** Its tries, oldest first; at least one. */
  replies: readonly Reply[];
  activity: ReadonlyMap<string, Activity>;
  truth: Truth | null;
  baseline: Baseline | null;
  /** Null where the conversation is only read. */
  actions: ReplyActions | null;
  onPoint: OnPoint | null;
}) {
  const [chosen, setChosen] = useState<number | null>(null);
  const at = Math.min(chosen ?? replies.length - 1, replies.length - 1);
  const reply = replies[at];
  if (reply === undefined) return null;
  const doing = activity.get(reply.id) ?? null;
  const parts = sections(reply.text);
  const answer = answerOf(reply.text);
  // What stands in the answer's place is not said twice.
  const answering =
    parts.find(({ kind }) => kind === 'answer') ?? (answer === null ? undefined : bareOf(parts));
  return (
    <article className="chat-reply" aria-label={`${model.label}’s reply`} aria-busy={doing !== null}>
      <header className="chat-reply-head">
        <LineKey look={look} />
        <h3>{model.label}</h3>
        {replies.length > 1 ? (
          <Steps
            at={at}
            count={replies.length}
            name={`tries of ${model.label}`}
            onStep={(step) => setChosen(step === replies.length - 1 ? null : step)}
          />
        ) : null}
      </header>
      <div className="chat-answer" data-long={(answer?.text.length ?? 0) > 24}>
        {answering === undefined ? (
          <Standing reply={reply} doing={doing} label={model.label} />
        ) : (
          <ReplyText text={reply.text.slice(answering.start, answering.end).trim()} onPoint={onPoint} />
        )}
      </div>
      <Marks reply={reply} truth={truth} baseline={baseline} />
      <div className="chat-rest">
        {parts
          .filter((part) => part !== answering)
          .map((part) => (
            <Part
              key={part.start}
              part={part}
              reply={reply}
              writing={doing !== null}
              baseline={baseline}
              onPoint={onPoint}
            />
          ))}
        <Ending reply={reply} running={doing !== null} answered={answer !== null} />
      </div>
      <footer className="chat-reply-foot">
        <p className="chat-figures">
          {figureWords(reply, model.checkpoint).map((words, index) => (
            <span key={words}>
              {index === 0 ? '' : ' · '}
              {words}
            </span>
          ))}
        </p>
        {actions === null ? null : (
          <div className="chat-reply-actions">
            {doing === null ? (
              <>
                <RetryButton model={model} reply={reply} onRetry={actions.retry} />
                <CopyButton label="Copy" read={reply.text} className="button-quiet-small" />
              </>
            ) : (
              <button
                type="button"
                className="button-quiet-small"
                aria-label={`Stop ${model.label}`}
                onClick={() => actions.stop(reply.id)}
              >
                Stop
              </button>
            )}
          </div>
        )}
      </footer>
    </article>
  );
}

/** Nothing but an answer was said, in no tag. */
const bareOf = (parts: readonly Section[]) => parts.find(({ kind }) => kind === 'text');

/** The line by which a model's boxes are told from others'. */
export const LineKey = ({ look }: { look: BoxLook }) => (
  <svg className="chat-key" width="22" height="8" aria-hidden="true">
    <line className={`box-line box-${look}`} x1="0" x2="22" y1="4" y2="4" />
  </svg>
);

/** `‹ 2 of 3 ›` */
export function Steps({
  at,
  count,
  name,
  onStep,
}: {
  at: number;
  count: number;
  name: string;
  onStep: (at: number) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form's fields
    <span className="chat-steps" role="group" aria-label={name}>
      <button type="button" aria-label="Earlier" disabled={at === 0} onClick={() => onStep(at - 1)}>
        ‹
      </button>
      {at + 1} of {count}
      <button type="button" aria-label="Later" disabled={at === count - 1} onClick={() => onStep(at + 1)}>
        ›
      </button>
    </span>
  );
}

/** What stands in the answer's place while there is none. */
function Standing({ reply, doing, label }: { reply: Reply; doing: Activity | null; label: string }) {
  if (doing === null)
    return <span className="chat-standing">{reply.text === '' ? 'Nothing was said' : 'No answer'}</span>;
  switch (doing.phase) {
    case 'waiting':
      return <span className="chat-standing">Waits its turn</span>;
    case 'reading':
      return <span className="chat-standing chat-working">Reads</span>;
    case 'writing':
      return <span className="chat-standing chat-working">Thinks</span>;
    case 'loading': {
      const { loaded, total, bytesPerSecond } = doing;
      return (
        <span className="chat-standing chat-loading">
          <progress className="progress" value={loaded} max={total} aria-label={`Download of ${label}`} />
          <span>
            {formatBytes(loaded)} of {formatBytes(total)}, {formatBytes(Math.round(bytesPerSecond))}/s
          </span>
        </span>
      );
    }
  }
}

/** Right or wrong, and whether another stage said the same; in words and signs, never by colour alone. */
function Marks({ reply, truth, baseline }: { reply: Reply; truth: Truth | null; baseline: Baseline | null }) {
  const judgement = truth === null ? null : judge(truth, reply);
  const compared = baseline !== null && reply.end?.why === 'stop' && baseline.reply.end?.why === 'stop';
  // Of two boxes that overlap one can be right and the other not.
  const asRight = compared && (truth === null || judge(truth, baseline.reply)?.right === judgement?.right);
  const same = asRight && sameAnswer(reply, baseline.reply);
  return (
    <p className="chat-marks">
      {judgement === null ? null : (
        <span className={judgement.right ? 'chat-right' : 'chat-wrong'} title={judgement.reason}>
          {judgement.right ? '✓ right' : '✗ wrong'}
        </span>
      )}
      {compared ? (
        <span className={same ? 'chat-same' : 'chat-differs'}>
          {same ? `as ${baseline.label}` : `≠ ${baseline.label}`}
        </span>
      ) : null}
      {truth?.kind === 'box' && judgement !== null ? <span>{judgement.reason}</span> : null}
    </p>
  );
}

function Part({
  part,
  reply,
  writing,
  baseline,
  onPoint,
}: {
  part: Section;
  reply: Reply;
  writing: boolean;
  baseline: Baseline | null;
  onPoint: OnPoint | null;
}) {
  const text = reply.text.slice(part.start, part.end).trim();
  if (part.kind !== 'thinking') return <ReplyText text={text} onPoint={onPoint} />;
  // Words are compared when both have said all they have to say.
  const other = writing || baseline === null ? null : thinkingOf(baseline.reply);
  const marks = other === null ? [] : newWords(text, other);
  return (
    <Thinking text={text} closed={part.closed} ms={reply.figures?.thinkingMs ?? null} running={writing}>
      <ReplyText text={text} marks={marks ?? []} lacking={baseline?.label ?? ''} onPoint={onPoint} />
      {marks === null ? (
        <span className="chat-note">It has little in common with that of {baseline?.label}.</span>
      ) : null}
    </Thinking>
  );
}

function thinkingOf({ text, end }: Reply): string | null {
  const part = end === null ? undefined : sections(text).find(({ kind }) => kind === 'thinking');
  return part === undefined ? null : text.slice(part.start, part.end).trim();
}

/** A fold, open where there is room for it; what the visitor does with it stays. */
function Thinking({
  text,
  closed,
  ms,
  running,
  children,
}: {
  text: string;
  closed: boolean;
  ms: number | null;
  running: boolean;
  children: ReactNode;
}) {
  const wide = useWide();
  const [open, setOpen] = useState<boolean | null>(null);
  const words = text === '' ? 0 : text.split(/\s+/).length;
  return (
    <details
      className="chat-thinking"
      open={open ?? wide}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        Thinking
        <span>
          {' '}
          · {formatCount(words)} {words === 1 ? 'word' : 'words'}
          {ms === null ? '' : `, ${formatDuration(ms)}`}
          {closed || running ? '' : ', not finished'}
        </span>
      </summary>
      {children}
    </details>
  );
}

/** How a reply ended, where that is not the end that it was meant to have. */
function Ending({ reply, running, answered }: { reply: Reply; running: boolean; answered: boolean }) {
  if (running) return null;
  const { end, figures } = reply;
  switch (end?.why) {
    case 'stop': {
      const broken = faults(reply.text);
      if (broken.length === 0) return null;
      return <p className="chat-ending chat-broken">Broken output, shown as it is: {broken.join('; ')}.</p>;
    }
    case 'length':
      return (
        <p className="chat-ending">
          Cut off at the longest reply that is allowed
          {figures?.tokens ? `, ${formatCount(figures.tokens)} tokens` : ''}
          {answered ? '' : ', before it had answered'}.
        </p>
      );
    case 'cancelled':
      return <p className="chat-ending">Stopped before its end.</p>;
    case 'failed':
      return (
        <p className="chat-ending chat-failed" role="alert">
          {end.message}
        </p>
      );
    case undefined:
      return <p className="chat-ending">Not finished: it was still being written when it was kept.</p>;
  }
}

/** What was broken off is asked again as it was; what was said whole is drawn anew, by lot. */
function RetryButton({
  model,
  reply,
  onRetry,
}: {
  model: ChatModel;
  reply: Reply;
  onRetry: ReplyActions['retry'];
}) {
  const whole = reply.end?.why === 'stop' || reply.end?.why === 'length';
  const label = whole ? 'Another' : 'Retry';
  return (
    <button
      type="button"
      className="button-quiet-small"
      aria-label={`${label}${whole ? ' answer' : ''} from ${model.label}`}
      title={whole ? 'Another answer, drawn at temperature 0.8' : undefined}
      onClick={() =>
        onRetry(
          model,
          whole ? { temperature: 0.8, seed: Math.floor(Math.random() * 2 ** 31) } : reply.sampling,
        )
      }
    >
      {label}
    </button>
  );
}
