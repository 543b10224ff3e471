import Link from 'next/link';
import { useState } from 'react';
import { evaluationPrompt, perfectResponse } from '@/lib/world/prompts';
import { ABILITY, type Question } from '@/lib/world/question';
import { splitOf } from '@/lib/world/scene';
import { Command } from '../ui/command';
import { ScrollCode } from '../ui/scrolls';
import { answerForm, checkAnswer, letterOf } from './answer';
import type { Painted, PaintRequest } from './painted';

/** The question, a place to try an answer, the answer itself on demand, and how the question is classed. */
export function QuestionPanel({
  painted: { known, row, task, seed },
  given,
  onGiven,
  revealed,
  onRevealed,
}: {
  painted: Painted & PaintRequest;
  /** What the visitor has answered so far. */
  given: string;
  onGiven: (given: string) => void;
  revealed: boolean;
  onRevealed: (revealed: boolean) => void;
}) {
  const { question } = known;
  const [checked, setChecked] = useState<ReturnType<typeof checkAnswer> | null>(null);
  // Options stand in the question's last lines; here they stand in the form.
  const [asked] = question.options === null ? [question.text] : question.text.split('\n');
  return (
    <section className="world-question" aria-labelledby="world-question">
      <h2 id="world-question" className="label">
        Question
      </h2>
      <p className="world-question-text" aria-live="polite">
        {asked}
      </p>
      <form
        className="world-try"
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(checkAnswer(question, given));
        }}
      >
        <AnswerFields
          question={question}
          given={given}
          onGiven={(next) => {
            setChecked(null);
            onGiven(next);
          }}
        />
        <div className="world-buttons">
          <button type="submit" className="button button-primary">
            Check
          </button>
          <button
            type="button"
            className="button"
            aria-expanded={revealed}
            onClick={() => onRevealed(!revealed)}
          >
            {revealed ? 'Hide the answer' : 'Show the answer'}
          </button>
          <Link href={`/chat?task=${task}&seed=${seed}`} prefetch={false} className="button">
            Ask Nano
          </Link>
          <p role="status" className={`world-checked ${checked?.right ? 'world-right' : 'world-wrong'}`}>
            {checked === null ? null : `${checked.right ? '✓' : '✗'} ${checked.said}`}
          </p>
        </div>
      </form>
      {revealed ? <AnswerShown question={question} /> : null}
      <dl className="facts world-facts">
        <dt>Ability</dt>
        <dd>{ABILITY[task]}</dd>
        <dt>Kind</dt>
        <dd>
          <code>{question.kind}</code>
        </dd>
        <dt>Difficulty</dt>
        <dd>{question.difficulty} of 5</dd>
        <dt>Phrasing</dt>
        <dd>{question.phrasing.seen ? 'seen in training' : 'held out of training'}</dd>
        <dt>Split</dt>
        <dd>{splitOf(seed)}</dd>
      </dl>
      <details className="world-more">
        <summary>The prompt that a model gets</summary>
        <Command>{evaluationPrompt(question)}</Command>
      </details>
      <details className="world-more">
        <summary>The training row</summary>
        <Json
          value={{ ...row, images: [{ path: row?.extra_info.image_paths[0], bytes: 'the picture as PNG' }] }}
        />
      </details>
      <details className="world-more">
        <summary>Question and scene as JSON</summary>
        <Json value={{ seed, question, scene: known.scene }} />
      </details>
    </section>
  );
}

function Json({ value }: { value: unknown }) {
  return <ScrollCode className="world-json">{JSON.stringify(value, null, 2)}</ScrollCode>;
}

const EDGES = ['x1', 'y1', 'x2', 'y2'] as const;

function AnswerFields({
  question,
  given,
  onGiven,
}: {
  question: Question;
  given: string;
  onGiven: (given: string) => void;
}) {
  const form = answerForm(question);
  switch (form.kind) {
    case 'choice':
      return (
        <fieldset className="world-options">
          <legend className="sr-only">Your answer</legend>
          {form.choices.map(({ value, text }) => (
            <label key={value}>
              <input
                type="radio"
                name="answer"
                value={value}
                checked={given === value}
                onChange={() => onGiven(value)}
              />
              {value === text ? null : <span className="option-letter">{value}</span>}
              {text}
            </label>
          ))}
        </fieldset>
      );
    case 'box': {
      const numbers = given.split(',').map((number) => number.trim());
      return (
        <fieldset className="world-edges">
          <legend className="label">Your box, in pixels from the top left</legend>
          {EDGES.map((edge, index) => (
            <label key={edge}>
              {edge}
              <input
                className="field"
                inputMode="numeric"
                autoComplete="off"
                value={numbers[index] ?? ''}
                onChange={(event) =>
                  onGiven(
                    EDGES.map((_, other) =>
                      other === index ? event.target.value.replaceAll(',', '') : (numbers[other] ?? ''),
                    ).join(', '),
                  )
                }
              />
            </label>
          ))}
        </fieldset>
      );
    }
    case 'words':
      return (
        <label className="world-words">
          <span className="label">Your answer</span>
          <input
            className="field"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={given}
            onChange={(event) => onGiven(event.target.value)}
          />
        </label>
      );
  }
}

function AnswerShown({ question }: { question: Question }) {
  const { answer, options, steps } = question;
  return (
    <div className="world-answer">
      <dl className="facts">
        <dt>Answer</dt>
        <dd>
          <strong>
            {answer.kind === 'box' ? `[${answer.box.join(', ')}]` : answerText(answer.forms[0], options)}
          </strong>
        </dd>
        {answer.kind === 'words' && answer.forms.length > 1 ? (
          <>
            <dt>Accepted too</dt>
            <dd>{answer.forms.slice(1).join(' · ')}</dd>
          </>
        ) : null}
      </dl>
      <h3 className="label">Reasoning</h3>
      <ol>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <details className="world-more">
        <summary>A response that earns full reward</summary>
        <Command>{perfectResponse(question)}</Command>
      </details>
    </div>
  );
}

/** A choice with its letter. */
function answerText(form: string, options: Question['options']): string {
  const option = options?.find((_, index) => letterOf(index) === form);
  return option === undefined ? form : `${form} ${option}`;
}
