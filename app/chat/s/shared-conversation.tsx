import type { Conversation, Reply, Turn } from '@/lib/chat/conversation';
import { shownTurns } from '@/lib/chat/turns';
import { sections } from '@/lib/reasoning/sections';

/** The branch that was shown when it was shared, to read. Its texts are hostile: they are text and nothing else. */
export function SharedConversation({ conversation }: { conversation: Conversation }) {
  const turns = shownTurns(conversation);
  if (turns.length === 0) return <p className="text-muted">Nothing was asked.</p>;
  return (
    <ol className="shared">
      {turns.map((turn) => (
        <SharedTurn key={turn.id} conversation={conversation} turn={turn} />
      ))}
    </ol>
  );
}

function SharedTurn({ conversation, turn }: { conversation: Conversation; turn: Turn }) {
  const picture = conversation.pictures.find(({ id }) => id === turn.pictureId);
  return (
    <li className="shared-turn">
      {picture === undefined ? null : (
        // biome-ignore lint/performance/noImgElement: it is one size, and bounded where it was made
        <img
          src={picture.url}
          width={picture.width}
          height={picture.height}
          alt="What the question is about"
        />
      )}
      <h2>{turn.question}</h2>
      {turn.replies.map((reply) => (
        <SharedReply key={reply.id} reply={reply} label={labelOf(conversation, reply)} />
      ))}
    </li>
  );
}

const labelOf = ({ models }: Conversation, { modelId }: Reply): string =>
  models.find(({ id }) => id === modelId)?.label ?? modelId;

function SharedReply({ reply, label }: { reply: Reply; label: string }) {
  return (
    <section className="panel shared-reply" aria-label={label}>
      <h3 className="label">{label}</h3>
      {sections(reply.text).map(({ kind, start, end }) =>
        kind === 'thinking' ? (
          <details key={start}>
            <summary>Thinking</summary>
            <p className="shared-text text-muted">{reply.text.slice(start, end).trim()}</p>
          </details>
        ) : (
          <p key={start} className="shared-text">
            {reply.text.slice(start, end).trim()}
          </p>
        ),
      )}
      <ReplyEnd reply={reply} />
    </section>
  );
}

function ReplyEnd({ reply: { end } }: { reply: Reply }) {
  switch (end?.why) {
    case 'stop':
      return null;
    case 'length':
      return <p className="label">Ended by the limit on its length.</p>;
    case 'failed':
      return <p className="label">It failed: {end.message}</p>;
    default:
      return <p className="label">It was stopped.</p>;
  }
}
