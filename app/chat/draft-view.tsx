import type { ChatModel } from '@/lib/chat/conversation';
import type { Suggestion } from '@/lib/chat/scene-questions';
import { lookOf, trainedWords } from './models';
import { LineKey } from './reply-view';
import { Columns } from './turn-view';

/** A question that is about to be asked, with a column for each model that will answer: what is going to be seen here. */
export function DraftView({
  suggestion,
  models,
  busy,
  onAsk,
}: {
  /** Null where nothing is known of the picture. */
  suggestion: Suggestion | null;
  models: readonly ChatModel[];
  /** A scene is on its way. */
  busy: boolean;
  onAsk: (suggestion: Suggestion) => void;
}) {
  return (
    <section className="chat-turn" aria-labelledby="chat-draft" aria-busy={busy}>
      <header className="chat-turn-head">
        <h2 id="chat-draft" className="chat-question">
          {suggestion?.question ?? (busy ? 'A scene is rolled…' : 'What would you like to know?')}
        </h2>
      </header>
      <div className="chat-summary">
        {suggestion === null ? (
          busy ? null : (
            'Write a question below.'
          )
        ) : (
          <button
            type="button"
            className="button button-primary"
            disabled={models.length === 0}
            onClick={() => onAsk(suggestion)}
          >
            {askWords(models)}
          </button>
        )}
      </div>
      <Columns count={Math.max(1, models.length)}>
        {models.map((model, column) => (
          <article key={model.id} className="chat-reply" aria-label={model.label}>
            <header className="chat-reply-head">
              <LineKey look={lookOf(column)} />
              <h3>{model.label}</h3>
            </header>
            <p className="chat-answer">
              <span className="chat-standing">Its answer comes here</span>
            </p>
            <p className="chat-rest chat-trained">{trainedWords(model)}</p>
          </article>
        ))}
      </Columns>
    </section>
  );
}

function askWords(models: readonly ChatModel[]): string {
  const [first] = models;
  if (models.length === 1) return `Ask ${first?.label}`;
  return `Ask ${models.length === 2 ? 'both' : `all ${['', '', '', 'three', 'four'][models.length] ?? models.length}`}`;
}
