import './aha.css';
import { TRPCError } from '@trpc/server';
import type { Metadata } from 'next';
import Link from 'next/link';
import { BECAME, BECAME_WORDS, type Reading, readingOf } from '@/lib/findings/labels';
import { seedCurve } from '@/lib/findings/seed-curves';
import { endsOf } from '@/lib/findings/seed-facts';
import words from '@/lib/findings/seed-words.json';
import { patternOf, REFLECTION } from '@/lib/reasoning/reflection';
import { LineFigure } from '../../figures/line-figure';
import { type Phrases, type Reflected, readReflected } from '../../figures/read-findings';
import { NANO } from '../../figures/read-line';
import { SEED_SOURCE } from '../../figures/seed-source';
import { paramsOf, viewQuery } from '../../samples/samples-url';
import { formatCount, formatInterval, formatPercent } from '../../ui/format';
import { ScrollRegion } from '../../ui/scrolls';
import { visible } from '../../ui/visible';
import { Choice, lineModels } from '../choices';
import { Against, Finding, Part } from '../finding';
import { ScoredSoon } from '../scored-soon';
import { Marked } from './marked';
import { PhraseForm } from './phrase-form';
import { readPhrases } from './phrases';

export const metadata: Metadata = {
  title: 'Finding: aha moments',
  description:
    'Does reinforcement learning teach a model to look again at what it wrote? Reflection in real outputs, counted by a list that you can edit, and what became of the answers.',
};

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>;

export default async function AhaPage({ searchParams }: { searchParams: Query }) {
  const params = paramsOf(await searchParams);
  const model = params.get('model') || NANO;
  const { phrases, edited, refused } = readPhrases(params);
  const [counts, models] = await Promise.all([readReflected(model, phrases).catch(tooMany), lineModels()]);
  const reflected = counts instanceof TRPCError ? null : counts;
  const any = patternOf(Object.values(phrases).flat());
  const counted = words.quotes.map((quote) => categoriesOf(quote, phrases));
  const reading = readingOf((phrase) => Object.values(phrases).some((own) => own.includes(phrase)));
  const fixed = reading.became.find(({ became }) => became === 'fixed')?.count ?? 0;
  const mended = fixed === 0 ? 'none' : formatCount(fixed);
  const { highest, last } = endsOf('3B', 1, 'reasoning_behaviors');
  return (
    <Finding
      id="aha"
      lead="“Wait, let me check again.” Whether a model writes such things can be counted; whether they help is another question."
    >
      <Part id="there" title="Its evidence there">
        <p>
          {words.quotes.length} quotes, and a figure of how many such behaviours were found in answers to
          GeoQA as stage 1 went on: of 3B {highest[1]} at step {highest[0]}, then fewer, {last[1]} at step{' '}
          {last[0]}. By what list they were counted is not said, nor of how many answers.
        </p>
        <LineFigure
          title="Reflections on GeoQA, stage 1"
          lines={(['3B', '7B'] as const).map((size) => ({
            name: size,
            points: seedCurve(size, 1, 'reasoning_behaviors'),
          }))}
          format="whole"
          fromZero
          source={SEED_SOURCE}
        />
        <p>
          By the list below{edited ? ', as you have it now,' : ''}{' '}
          <strong>
            {counted.filter((own) => own.length > 0).length} of {counted.length}
          </strong>{' '}
          quotes count:
        </p>
        <ol className="quotes">
          {words.quotes.map((quote, place) => (
            <li key={quote}>
              <q>
                <Marked text={quote} pattern={any} />
              </q>
              <span className="quotes-categories">
                {counted[place]?.length ? counted[place].join(', ') : 'not counted'}
              </span>
            </li>
          ))}
        </ol>
      </Part>

      <Part id="list" title="What counts, and how often">
        <p>
          Trainer and site count by one list of{' '}
          {REFLECTION.reduce((sum, each) => sum + each.phrases.length, 0)} phrases in {REFLECTION.length}{' '}
          categories. Change it: the counts here follow, and the address is that of your list. A phrase a
          line, in small letters; * at the end of a word stands for any ending, a hyphen for a hyphen, a blank
          or nothing, and “ … ” for up to 60 characters of the same sentence.
        </p>
        <Choice
          label="Model"
          options={models.map(({ slug, name }) => ({
            name,
            href: `/findings/aha?${new URLSearchParams([...params].filter(([name]) => name !== 'model').concat([['model', slug]]))}#list`,
            chosen: slug === model,
          }))}
        />
        <PhraseForm
          model={model}
          edited={edited}
          categories={REFLECTION.map(({ id, name, what, phrases: own }) => ({
            ...{ id, name, what },
            phrases: phrases[id] ?? own,
          }))}
        />
        {refused.length === 0 ? null : (
          <p role="alert" className="text-wrong">
            Passed over, as no phrases: {refused.slice(0, 5).join(' · ')}
          </p>
        )}
        {counts instanceof TRPCError ? (
          <p role="alert" className="text-wrong">
            {counts.message}
          </p>
        ) : counts === null ? (
          <ScoredSoon />
        ) : (
          <Counts reflected={counts} />
        )}
      </Part>

      <Part id="good" title="How good the list is">
        <Measured reading={reading} edited={edited} />
      </Part>

      <Part id="became" title="What became of the answer">
        <p>
          A count says nothing of what a reflection does. Where an answer stands before and after, whoever
          reads the output can say what became of it. Of the {reading.reflecting} outputs that reflect among
          those that we read:
        </p>
        <table className="became">
          <caption className="sr-only">What became of the answers of outputs that reflect</caption>
          <tbody>
            {reading.became.map(({ became, count }) => (
              <tr key={became}>
                <th scope="row">{BECAME_WORDS[became]}</th>
                <td className="became-bar">
                  <svg width="100%" height="10" aria-hidden="true">
                    <rect width={`${(100 * count) / reading.reflecting}%`} height="10" rx="2" />
                  </svg>
                </td>
                <td>
                  {count} of {reading.reflecting}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>
          Most give up at what cannot be; many others drop the sign of a negative angle or area and go on.
          These models were not trained by this recipe. Of those that were, the seed prints
          {words.cases.length} whole outputs:
        </p>
        {words.cases.map(({ question, gold, output, before, after, became, why }) => (
          <details key={question} className="case">
            <summary>
              {before} → {after}, right is {gold}: <strong>{wordsOf(became)}</strong>
            </summary>
            <p>{why}</p>
            <p className="case-question">{question}</p>
            <div className="case-output">
              <Marked text={output} pattern={any} />
            </div>
          </details>
        ))}
      </Part>

      <Against>
        <ul className="finding-list">
          <li>
            Of {reading.reflecting} reflecting outputs of other models {mended} had a wrong answer mended for
            a reason that holds.
          </li>
          <li>
            Of the {words.cases.length} outputs that the seed shows, none was mended by reflection:{' '}
            {words.cases.filter(({ became }) => became === 'right-for-wrong-reasons').length} are right for
            wrong reasons, though it marks them YES, and{' '}
            {words.cases.filter(({ became }) => became === 'still-wrong').length} stays wrong.
          </li>
          {reflected === null ? null : (
            <li>
              {reflected.line.runs.map(({ name }) => name).join(', ')}: {total(reflected)} outputs reflect,
              and the last stage answers{' '}
              {formatPercent(reflected.line.comparison.all.figures.at(-1)?.accuracy ?? 0)} % right. What is
              rewarded can be learnt without it.
            </li>
          )}
          <li>
            Others found such words before any reinforcement learning, in the base models themselves (
            <a href="https://github.com/sail-sg/oat-zero">oat-zero</a>), and that they mostly confirm the
            answer that stands there (<a href="https://arxiv.org/abs/2510.08308">First Try Matters</a>).
          </li>
        </ul>
      </Against>
    </Finding>
  );
}

/** Counting is bounded for whoever tries many lists: the page stays, and says so. */
function tooMany(error: unknown): TRPCError {
  if (error instanceof TRPCError && error.code === 'TOO_MANY_REQUESTS') return error;
  throw error;
}

function categoriesOf(text: string, phrases: Phrases): readonly string[] {
  return REFLECTION.flatMap(({ id, name }) => {
    const pattern = patternOf(phrases[id] ?? []);
    return pattern !== null && text.search(pattern) !== -1 ? [name] : [];
  });
}

function total({ runs }: Reflected): string {
  const of = (key: 'outputs' | 'reflecting') => runs.reduce((sum, run) => sum + run[key], 0);
  return `${formatCount(of('reflecting'))} of ${formatCount(of('outputs'))}`;
}

/** Of the seed's three outputs. */
const wordsOf = (became: string): string => {
  const known = BECAME.find((each) => each === became);
  return known === undefined ? became : BECAME_WORDS[known];
};

function Measured({ reading, edited }: { reading: Reading; edited: boolean }) {
  const { outputs, read, precision, recall, rest } = reading;
  return (
    <>
      <p>
        We read {formatCount(read)} of {formatCount(outputs)} real outputs of four models on geometry,
        mathematics and counting, and wrote down which reflect.{' '}
        {edited ? 'With what is left of the published phrases in your list' : 'Of those that the list finds'},{' '}
        <strong>
          {formatCount(precision.correct)} of {formatCount(precision.total)}
        </strong>{' '}
        do: a precision of {formatPercent((100 * precision.correct) / (precision.total || 1))} % (
        {formatInterval(precision.interval)}). It misses about {Math.round(recall.missed)} more, by a sample
        of what stands near: a recall of <strong>{formatPercent(recall.percent)} %</strong> (
        {formatInterval(recall)}).
      </p>
      <p>
        What it does not tell apart are options and cases that are ruled out in the same words. Of all other
        outputs we read {rest.total}, and {rest.correct === 0 ? 'none' : rest.correct} reflects; up to{' '}
        {formatPercent(rest.interval.high)} % of those may, which would lower the recall further. The list was
        mended once, after a first sample; on what was read after that it is less good than these figures. One
        of us read, once.
        {edited
          ? ' Phrases that you added are not looked for in these outputs, as they are not ours to publish.'
          : null}
      </p>
    </>
  );
}

const Share = ({ count, of }: { count: number; of: number }) => (
  <td>
    {of === 0 ? (
      <span className="text-muted">none</span>
    ) : (
      <>
        {formatPercent((100 * count) / of)} %
        <span className="counts-of">
          {formatCount(count)} of {formatCount(of)}
        </span>
      </>
    )}
  </td>
);

function Counts({ reflected: { line, runs } }: { reflected: Reflected }) {
  return (
    <ScrollRegion className="counts" label="Outputs that reflect">
      <table>
        <caption>
          Outputs on {line.benchmark.name} {line.split} that reflect; one may be of several categories
        </caption>
        <thead>
          <tr>
            <th scope="col">Checkpoint</th>
            <th scope="col">Any</th>
            {REFLECTION.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Right, of these</th>
            <th scope="col">Right, of the others</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run, place) => (
            <tr key={run.id}>
              <th scope="row">
                <Link href={`/runs/${run.id}`} prefetch={false}>
                  {line.runs[place]?.name}
                </Link>
              </th>
              <Share count={run.reflecting} of={run.outputs} />
              {REFLECTION.map(({ id }) => (
                <td key={id}>{formatCount(run.by[id] ?? 0)}</td>
              ))}
              <Share count={run.reflectingCorrect} of={run.reflecting} />
              <Share count={run.correct - run.reflectingCorrect} of={run.outputs - run.reflecting} />
            </tr>
          ))}
        </tbody>
      </table>
      {runs.map((run, place) =>
        run.examples.length === 0 ? null : (
          <p key={run.id}>
            Some of {line.runs[place]?.name}:{' '}
            {run.examples.map((sampleId, nth) => (
              <span key={sampleId}>
                {nth === 0 ? '' : ', '}
                <Link href={`/runs/${run.id}${viewQuery({ filter: {}, sampleId })}`} prefetch={false}>
                  {visible(sampleId)}
                </Link>
              </span>
            ))}
          </p>
        ),
      )}
    </ScrollRegion>
  );
}
