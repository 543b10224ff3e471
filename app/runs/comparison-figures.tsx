import type { ReactNode } from 'react';
import { readJudgedId } from '@/lib/scoring/judge';
import { OUTCOMES, type Outcome } from '@/lib/scoring/scorer';
import { INTERVAL_METHODS, judgeWords } from '@/lib/stats/score';
import type { ScorerComparison, ScorerFigure } from '@/server/evals/types';
import { OUTCOME_WORDS, OutcomeMark } from '../samples/outcome';
import { Delta } from '../ui/delta';
import { formatCount, formatInterval, formatPercent } from '../ui/format';
import { IntervalBar } from '../ui/interval';
import { changeWords, testWords } from './compare-words';

interface Direction {
  from: Outcome;
  to: Outcome;
}

/** One of two scorers, and its figure. */
export interface ComparedFigure {
  id: string;
  label: string;
  rule: string | null;
  figure: ScorerFigure;
  /** Where the figure was computed, if not on the server. */
  note: string | null;
}

/** Both figures, what is between them, and how many verdicts went from what to what. */
export function ComparisonFigures({
  from,
  to,
  comparison,
  hrefOf,
  onChoose,
}: {
  from: ComparedFigure;
  to: ComparedFigure;
  comparison: ScorerComparison;
  /** Where the samples of a direction are listed. */
  hrefOf: (change: Direction) => string;
  onChoose: (change: Direction) => void;
}) {
  const { difference, interval } = comparison.difference;
  const test = testWords(comparison);
  return (
    <div className="comparison">
      <Figure letter="A" side={from} />
      <Figure letter="B" side={to} />
      <section className="panel comparison-difference" aria-labelledby="difference">
        <h2 id="difference" className="label">
          B against A
        </h2>
        <p className="comparison-delta">
          <Delta value={difference} beyondChance={interval.low > 0 || interval.high < 0} />{' '}
          <span className="text-muted">points</span>
        </p>
        <p>
          {formatPercent(interval.low)} to {formatPercent(interval.high)}{' '}
          <span className="text-muted">
            is the {Math.round(interval.level * 100)} % interval: {INTERVAL_METHODS[interval.method]}
          </span>
        </p>
        <ul className="run-lines">
          <li>{changeWords(comparison)}</li>
          {comparison.otherAnswers === 0 ? null : (
            <li>
              {formatCount(comparison.otherAnswers)} more have the same verdict on another extracted answer.
            </li>
          )}
          {test === null ? null : <li>{test}</li>}
        </ul>
      </section>
      <Matrix transitions={comparison.transitions} hrefOf={hrefOf} onChoose={onChoose} />
    </div>
  );
}

export const ScorerLetter = ({ children }: { children: 'A' | 'B' }) => (
  <span className="scorer-letter">{children}</span>
);

function Figure({
  letter,
  side: { id, label, rule, figure, note },
}: {
  letter: 'A' | 'B';
  side: ComparedFigure;
}) {
  const judge =
    readJudgedId(id) === null
      ? judgeWords(figure)
      : figure.needsJudge === 0
        ? null
        : `${formatCount(figure.needsJudge)} samples got no usable reply from the judge and count as wrong.`;
  return (
    <section className="panel comparison-figure" aria-labelledby={`figure-${letter}`}>
      <h2 id={`figure-${letter}`} className="comparison-name">
        <ScorerLetter>{letter}</ScorerLetter> {label}
      </h2>
      <p>
        <code className="text-muted wrap-anywhere">{id}</code>
      </p>
      {note === null ? null : <p className="comparison-note">{note}</p>}
      <div className="run-number">
        {formatPercent(figure.headline)}
        <span className="run-unit">%</span>
      </div>
      <IntervalBar value={figure.headline} interval={figure.interval} />
      <p>
        {formatInterval(figure.interval)}{' '}
        <span className="text-muted">
          · {formatCount(figure.correct)} of {formatCount(figure.total)} correct
        </span>
      </p>
      {judge === null ? null : <p className="text-muted">{judge}</p>}
      {rule === null ? null : (
        <details className="run-more">
          <summary>The rule</summary>
          <p className="mt-1">{rule}</p>
        </details>
      )}
    </section>
  );
}

/** Outcomes by A against outcomes by B. A count that is off the diagonal leads to its samples. */
function Matrix({
  transitions,
  hrefOf,
  onChoose,
}: {
  transitions: ScorerComparison['transitions'];
  hrefOf: (change: Direction) => string;
  onChoose: (change: Direction) => void;
}) {
  const occurs = (side: 'from' | 'to') =>
    OUTCOMES.filter((outcome) => transitions.some((each) => each[side] === outcome));
  const [rows, columns] = [occurs('from'), occurs('to')];
  return (
    <section className="panel comparison-matrix" aria-labelledby="matrix">
      <h2 id="matrix" className="label">
        Verdicts by A, in rows, and by B, in columns
      </h2>
      <div className="table-scroll">
        <table className="data-table run-table">
          <thead>
            <tr>
              <td>
                <span className="sr-only">A, B</span>
              </td>
              {columns.map((to) => (
                <th key={to} scope="col" className="num">
                  <Named letter="B" outcome={to} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((from) => (
              <tr key={from}>
                <th scope="row">
                  <Named letter="A" outcome={from} />
                </th>
                {columns.map((to) => {
                  const count = transitions.find((each) => each.from === from && each.to === to)?.count ?? 0;
                  return (
                    <td key={to} className={`num ${from === to ? 'matrix-same' : ''}`}>
                      {count === 0 || from === to ? (
                        formatCount(count)
                      ) : (
                        <a
                          href={hrefOf({ from, to })}
                          aria-label={`${formatCount(count)}: ${OUTCOME_WORDS[from]} by A, ${OUTCOME_WORDS[to]} by B`}
                          onClick={(event) => {
                            if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                            event.preventDefault();
                            onChoose({ from, to });
                          }}
                        >
                          {formatCount(count)}
                        </a>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const Named = ({ letter, outcome }: { letter: string; outcome: Outcome }): ReactNode => (
  <span className="matrix-name">
    <span className="sr-only">{letter}: </span>
    <OutcomeMark outcome={outcome} />
    {OUTCOME_WORDS[outcome]}
  </span>
);
