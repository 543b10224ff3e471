import { type CSSProperties, type ReactNode, useId, useRef, useState } from 'react';
import type { ChatModel, ChatPicture, Conversation, Turn } from '@/lib/chat/conversation';
import { LIMITS } from '@/lib/chat/limits';
import { summaryOf } from '@/lib/chat/summary';
import { columnsOf, pictureAt, replyOf, versionsOf } from '@/lib/chat/turns';
import { answerOf, judge, scaled } from '@/lib/chat/verdict';
import type { Box } from '@/lib/scoring/box';
import type { DrawnBox } from '../ui/boxes';
import { visible } from '../ui/visible';
import type { Activity } from './chat-session';
import { lookOf } from './models';
import { type Measured, Notice } from './notice';
import { type Baseline, type ReplyActions, ReplyView, Steps } from './reply-view';

export interface TurnActions {
  stop: ReplyActions['stop'];
  retry: (turnId: string, ...asked: Parameters<ReplyActions['retry']>) => void;
  /** Puts the question again as it is now; the turn before stays beside it. */
  edit: (turn: Turn, question: string) => void;
  /** Goes on from here in a conversation of its own. */
  branch: (turnId: string) => void;
  /** Shows another version of the question. */
  show: (turnId: string) => void;
}

/** What is pointed at in a turn: a box of one of its columns. */
export interface Pointed {
  turnId: string;
  column: number;
  box: Box;
}

/** A question and the replies to it, a column a model. */
export function TurnView({
  turn,
  conversation,
  activity,
  actions,
  measured,
  onPoint,
}: {
  turn: Turn;
  conversation: Conversation;
  activity: ReadonlyMap<string, Activity>;
  /** Null where the conversation is only read. */
  actions: TurnActions | null;
  measured: Measured;
  /** Null where there is no picture. */
  onPoint: ((pointed: Pointed | null, chosen?: boolean) => void) | null;
}) {
  const id = useId();
  const [editing, setEditing] = useState(false);
  const models = columnModels(conversation, turn);
  const versions = versionsOf(conversation, turn);
  const version = versions.findIndex((each) => each.id === turn.id);
  return (
    <section className="chat-turn" aria-labelledby={id}>
      <header className="chat-turn-head">
        {editing ? (
          <EditForm
            question={turn.question}
            onCancel={() => setEditing(false)}
            onAsk={(question) => {
              setEditing(false);
              actions?.edit(turn, question);
            }}
          />
        ) : null}
        <Question id={id} question={turn.question} hidden={editing} />
        {editing ? null : (
          <div className="chat-turn-actions">
            {versions.length > 1 && actions !== null ? (
              <Steps
                at={version}
                count={versions.length}
                name="Versions of the question"
                onStep={(at) => {
                  const other = versions[at];
                  if (other !== undefined) actions.show(other.id);
                }}
              />
            ) : null}
            {actions === null ? null : (
              <>
                <button type="button" className="button-quiet-small" onClick={() => setEditing(true)}>
                  Edit
                </button>
                <button
                  type="button"
                  className="button-quiet-small"
                  title="Goes on from here in a conversation of its own"
                  onClick={() => actions.branch(turn.id)}
                >
                  Branch
                </button>
              </>
            )}
          </div>
        )}
      </header>
      <Notice turn={turn} picture={pictureAt(conversation, turn.id)} models={models} measured={measured} />
      <p className="chat-summary" data-known={turn.truth !== null}>
        {summaryOfTurn(turn, models)}
      </p>
      <Columns count={models.length}>
        {models.map((model, column) => (
          <ReplyView
            key={model.id}
            model={model}
            look={lookOf(column)}
            replies={turn.replies.filter(({ modelId }) => modelId === model.id)}
            activity={activity}
            truth={turn.truth}
            baseline={baselineOf(turn, models[column - 1])}
            actions={
              actions === null
                ? null
                : { stop: actions.stop, retry: (...asked) => actions.retry(turn.id, ...asked) }
            }
            onPoint={
              onPoint === null
                ? null
                : (box, chosen) => onPoint(box === null ? null : { turnId: turn.id, column, box }, chosen)
            }
          />
        ))}
      </Columns>
    </section>
  );
}

/** Characters of a question that are shown at first. */
const SHOWN_QUESTION = 600;

function Question({ id, question, hidden }: { id: string; question: string; hidden: boolean }) {
  const [whole, setWhole] = useState(false);
  const long = question.length > SHOWN_QUESTION;
  return (
    <h2 id={id} className="chat-question" hidden={hidden} dir="auto" tabIndex={-1}>
      {visible(long && !whole ? `${question.slice(0, SHOWN_QUESTION)}… ` : question)}
      {long ? (
        <button type="button" className="button-quiet-small" onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : 'Show all'}
        </button>
      ) : null}
    </h2>
  );
}

/** What a stage of training changed is seen against the column before. */
function baselineOf(turn: Turn, model: ChatModel | undefined): Baseline | null {
  const reply = model && replyOf(turn, model.id);
  return model === undefined || reply === undefined ? null : { label: model.label, reply };
}

/** Columns whose parts stand in line with each other. */
export const Columns = ({ count, children }: { count: number; children: ReactNode }) => (
  <div className="chat-columns" style={{ '--columns': count } as CSSProperties}>
    {children}
  </div>
);

export const columnModels = ({ models }: Conversation, turn: Turn): ChatModel[] =>
  columnsOf(turn).flatMap((id) => models.find((model) => model.id === id) ?? []);

/** Once all have ended. */
function summaryOfTurn(turn: Turn, models: readonly ChatModel[]): string | null {
  const replies = models.flatMap((model) => {
    const reply = replyOf(turn, model.id);
    return reply?.end?.why === 'stop' || reply?.end?.why === 'length'
      ? [{ ...reply, label: model.label, judgement: turn.truth && judge(turn.truth, reply) }]
      : [];
  });
  return replies.length < models.length ? null : summaryOf(replies, turn.truth);
}

/** The boxes that a turn puts on its picture: what the models answer, the true one once they all have, and what is pointed at. */
export function boxesOf(
  turn: Turn,
  models: readonly ChatModel[],
  picture: ChatPicture,
  pointed: Pointed | null,
): DrawnBox[] {
  const boxes: DrawnBox[] = [];
  const ended = models.every((model) => replyOf(turn, model.id)?.end);
  if (turn.truth?.kind === 'box' && ended)
    boxes.push({ look: 'gold', name: 'true', box: scaled(turn.truth.box, turn.truth.frame, picture) });
  for (const [column, model] of models.entries()) {
    const reply = replyOf(turn, model.id);
    const answer = reply && answerOf(reply.text);
    if (reply?.frame && answer?.kind === 'box')
      boxes.push({ look: lookOf(column), name: '', box: scaled(answer.box, reply.frame, picture) });
  }
  const model = pointed === null ? undefined : models[pointed.column];
  const frame = model && replyOf(turn, model.id)?.frame;
  if (pointed?.turnId === turn.id && model && frame)
    boxes.push({ look: lookOf(pointed.column), name: model.label, box: scaled(pointed.box, frame, picture) });
  return boxes;
}

function EditForm({
  question,
  onAsk,
  onCancel,
}: {
  question: string;
  onAsk: (question: string) => void;
  onCancel: () => void;
}) {
  const [text, setText] = useState(question);
  const form = useRef<HTMLFormElement>(null);
  return (
    <form
      ref={form}
      className="chat-edit"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') onAsk(text.trim());
      }}
    >
      <textarea
        className="field"
        aria-label="The question, to be put anew"
        // biome-ignore lint/a11y/noAutofocus: the visitor has just asked to write here
        autoFocus
        rows={Math.min(8, text.split('\n').length + 1)}
        maxLength={LIMITS.question}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            form.current?.requestSubmit();
          }
        }}
      />
      <div>
        <button type="submit" className="button button-primary" disabled={text.trim() === ''}>
          Ask again
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
