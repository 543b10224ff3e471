import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { LIMITS } from '@/lib/chat/limits';
import type { Suggestion } from '@/lib/chat/scene-questions';
import { formatCount } from '../ui/format';

/** Where a question is written, with some that fit the picture. */
export function Composer({
  text,
  onText,
  taught,
  suggestions,
  disabled,
  running,
  onAsk,
  onSuggestion,
  onStop,
  children,
}: {
  text: string;
  onText: (text: string) => void;
  /** Whether the suggestions are what one of those who answer was taught. */
  taught: boolean;
  suggestions: readonly Suggestion[];
  /** Nobody is there to answer. */
  disabled: boolean;
  running: boolean;
  onAsk: (question: string) => void;
  onSuggestion: (suggestion: Suggestion) => void;
  onStop: () => void;
  /** Stands beside the button. */
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  // As high as what is written, lines that the field breaks included; the style sheet says how high at most.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text, which the effect reads off the field and not from `text`
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`;
  }, [text]);
  const excess = text.length - LIMITS.question;
  return (
    <form
      ref={form}
      className="chat-composer"
      aria-label="Question"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '' && excess <= 0 && !disabled) onAsk(text.trim());
      }}
    >
      {suggestions.length === 0 ? null : (
        <ul className="chat-suggestions" aria-label="Questions to ask">
          {taught ? <li className="chat-taught">Nano was taught questions like these:</li> : null}
          {suggestions.map((suggestion) => (
            <li key={suggestion.question}>
              <button
                type="button"
                className="chat-suggestion"
                disabled={disabled}
                onClick={() => onSuggestion(suggestion)}
              >
                {suggestion.question}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="chat-write">
        <textarea
          ref={field}
          className="field"
          aria-label="Your question"
          placeholder="Ask something of your own"
          rows={1}
          value={text}
          aria-invalid={excess > 0}
          aria-describedby={excess > 0 ? 'chat-excess' : undefined}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && running) onStop();
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              form.current?.requestSubmit();
            }
          }}
        />
        {running ? (
          <button type="button" className="button" onClick={onStop}>
            Stop
          </button>
        ) : null}
        <button
          type="submit"
          className="button button-primary"
          disabled={disabled || excess > 0 || text.trim() === ''}
        >
          Ask
        </button>
      </div>
      {excess > 0 ? (
        <p id="chat-excess" role="alert" className="text-wrong">
          A question has at most {formatCount(LIMITS.question)} characters; this one has {formatCount(excess)}{' '}
          more.
        </p>
      ) : null}
      <div className="chat-composer-foot">{children}</div>
    </form>
  );
}
