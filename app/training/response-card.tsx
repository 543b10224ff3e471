'use client';

import { sections } from '@/lib/reasoning/sections';
import { formatCount } from '../ui/format';
import { type OnPoint, ReplyText } from '../ui/reply-text';
import { visible } from '../ui/visible';
import { formatValue } from './curve-data';
import { isRight, looksAgain, numberOf } from './rollout-words';
import { TokenStrip } from './token-strip';
import type { Response } from './types';

/** Longer is shown up to here, and said. */
const MOST_SHOWN = 20_000;

/** A response: what it was worth by every term, how long it is, what it says. */
export function ResponseCard({
  place,
  response,
  open,
  onOpen,
  onPoint,
}: {
  place: number;
  response: Response;
  open: boolean;
  onOpen: () => void;
  onPoint: OnPoint | null;
}) {
  const { output, tokens, finished, reward, terms, failed, advantage, cut, trace } = response;
  const right = isRight(response);
  const again = looksAgain(output);
  const shown = output.slice(0, MOST_SHOWN);
  return (
    <article className="panel response" data-open={open} aria-label={`Response ${place + 1}`}>
      <header>
        <button type="button" className="response-head" aria-pressed={open} onClick={onOpen}>
          <span className="text-muted">
            <span className="sr-only">Response </span>
            {place + 1}
          </span>
          <span className={right ? 'text-right-sign' : 'text-wrong'}>
            <span aria-hidden="true">{right ? '✓' : '✕'}</span> {right ? 'right' : 'wrong'}
          </span>
          <span className="response-reward">{formatValue(numberOf(reward))}</span>
        </button>
        <dl className="response-terms">
          {Object.entries(terms).map(([term, value]) => (
            <div key={term}>
              <dt dir="auto">{visible(term)}</dt>
              <dd>
                {formatValue(numberOf(value))}
                {failed[term] === undefined ? null : (
                  <span className="text-wrong" dir="auto">
                    {' '}
                    failed: {visible(failed[term])}
                  </span>
                )}
              </dd>
            </div>
          ))}
          <div>
            <dt>advantage</dt>
            <dd>{formatValue(numberOf(advantage))}</dd>
          </div>
          <div>
            <dt>tokens</dt>
            <dd>{formatCount(tokens)}</dd>
          </div>
        </dl>
        {finished && again === 0 ? null : (
          <p className="response-marks">
            {finished ? null : <span className="badge">truncated</span>}
            {again === 0 ? null : (
              <span className="badge">looks again{again > 1 ? `, ${again} times` : ''}</span>
            )}
          </p>
        )}
      </header>
      <div className="response-text">
        {sections(shown).map(({ kind, start, end, closed }) => {
          const text = <ReplyText text={shown.slice(start, end).trim()} onPoint={onPoint} />;
          if (kind === 'thinking')
            return (
              <details key={start} open={open}>
                <summary className="label">
                  Thinking · {formatCount(end - start)} characters{closed ? '' : ', not closed'}
                </summary>
                {text}
              </details>
            );
          return (
            <div key={start}>
              {kind === 'answer' ? <h4 className="label">Answer</h4> : null}
              {text}
            </div>
          );
        })}
        {output === '' ? <p className="text-muted">It said nothing.</p> : null}
        {cut || output.length > MOST_SHOWN ? (
          <p className="text-muted">
            {cut
              ? 'The agent sent no more of it.'
              : `${formatCount(output.length - MOST_SHOWN)} characters more are not shown.`}
          </p>
        ) : null}
      </div>
      {open && trace !== null ? <TokenStrip trace={trace} /> : null}
    </article>
  );
}
