import './figures.css';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { readingOf } from '@/lib/findings/labels';
import { seedCurve } from '@/lib/findings/seed-curves';
import { endsOf, goesWith } from '@/lib/findings/seed-facts';
import { untrained } from '@/lib/findings/trained';
import { formatCount, formatDelta } from '../ui/format';
import { changesOf, isGain } from './changes';
import { DotRows } from './dot-rows';
import { LineFigure } from './line-figure';
import { readLengths, readReflected } from './read-findings';
import { NANO, readLine } from './read-line';
import { SEED_SOURCE } from './seed-source';

/** The findings in four short pieces with a figure each: what is claimed, and what we see of it. */

export const FINDINGS = [
  { id: 'aha', title: 'Aha moments' },
  { id: 'dynamics', title: 'Dynamics' },
  { id: 'length', title: 'Length and difficulty' },
  { id: 'transfer', title: 'Transfer' },
] as const;
export type FindingId = (typeof FINDINGS)[number]['id'];

export async function Pieces({ level }: { level: 2 | 3 }) {
  const pieces = await Promise.all([aha(), dynamics(), length(), transfer()]);
  const Heading = `h${level}` as const;
  return (
    <div className="pieces">
      {FINDINGS.map(({ id, title }, place) => (
        <article key={id} aria-labelledby={`piece-${id}`}>
          <Heading id={`piece-${id}`}>
            <Link href={`/findings/${id}`} prefetch={false}>
              {title}
            </Link>
          </Heading>
          {pieces[place]}
        </article>
      ))}
    </div>
  );
}

const bothSizes = (metric: Parameters<typeof seedCurve>[2]) =>
  (['3B', '7B'] as const).map((size) => ({ name: size, points: seedCurve(size, 1, metric) }));

async function aha(): Promise<ReactNode> {
  const { highest, last } = endsOf('3B', 1, 'reasoning_behaviors');
  const reflected = await readReflected();
  const reading = readingOf();
  const fixed = reading.became.find(({ became }) => became === 'fixed')?.count ?? 0;
  const outputs = reflected?.runs.reduce((sum, run) => sum + run.outputs, 0) ?? 0;
  const reflecting = reflected?.runs.reduce((sum, run) => sum + run.reflecting, 0) ?? 0;
  return (
    <>
      <p>
        Models that are rewarded for right answers alone begin to look again at what they wrote: 3B{' '}
        {highest[1]} times at step {highest[0]}, {last[1]} times at step {last[0]}.
        {outputs === 0
          ? ''
          : ` Nano never learnt to: ${formatCount(reflecting)} of ${formatCount(outputs)} outputs of its stages do, and it gains all the same.`}{' '}
        Of {reading.reflecting} reflecting outputs of other models that we read,{' '}
        {fixed === 0 ? 'none' : fixed} was mended by it.
      </p>
      <LineFigure
        small
        title="Reflections on GeoQA, stage 1"
        lines={bothSizes('reasoning_behaviors')}
        format="whole"
        fromZero
        source={SEED_SOURCE}
      />
    </>
  );
}

function dynamics(): ReactNode {
  const accuracy = endsOf('3B', 1, 'geoqa_score');
  const together = goesWith('3B', 1, 'reasoning_behaviors', 'geoqa_score');
  return (
    <>
      <p>
        Scores rise from the first step to the last, 3B’s on GeoQA from {accuracy.first[1].toFixed(2)} to{' '}
        {accuracy.last[1].toFixed(2)}; reflection does not rise with them
        {together === null
          ? null
          : ` (rank correlation ${formatCorrelation(together.correlation)} over ${together.points} points)`}
        .
      </p>
      <LineFigure
        small
        title="Score on GeoQA, stage 1"
        lines={bothSizes('geoqa_score')}
        format="decimal"
        source={SEED_SOURCE}
      />
    </>
  );
}

async function length(): Promise<ReactNode> {
  const [three, seven] = [endsOf('3B', 1, 'response_length'), endsOf('7B', 1, 'response_length')];
  const lengths = await readLengths();
  const last = lengths?.runs.at(-1);
  const [all] = last?.lengths ?? [];
  return (
    <>
      <p>
        3B writes more as it learns ({three.first[1].toFixed(0)} → {three.last[1].toFixed(0)} tokens), 7B at
        the end as much as at the start ({seven.first[1].toFixed(0)} → {seven.last[1].toFixed(0)}).
        {last === undefined || all?.right == null || all.wrong === null
          ? null
          : ` At the end of Nano’s training right answers take ${all.right.mean.toFixed(0)} ${last.unit}, wrong ones ${all.wrong.mean.toFixed(0)}.`}
      </p>
      <LineFigure
        small
        title="Tokens of a response, stage 1"
        lines={bothSizes('response_length')}
        format="whole"
        source={SEED_SOURCE}
      />
    </>
  );
}

async function transfer(): Promise<ReactNode> {
  const line = await readLine(NANO, 0);
  const changes = line === null ? [] : changesOf(line, 1, 'task');
  const own = changes.filter(({ value }) => untrained('stage1').some((task) => task === value));
  if (line === null || own.length === 0)
    return <p>The runs that it is measured on are being scored; it stands here as soon as they are.</p>;
  const gained = own.filter(({ change }) => isGain(change));
  return (
    <>
      <p>
        Stage 1 trains {changes.length - own.length} of Nano’s {changes.length} tasks. Of the {own.length}{' '}
        others {gained.length} gain beyond chance; the rest cannot be told from no change.
      </p>
      <DotRows
        title="Base → stage 1, tasks that it does not train"
        domain={[-20, 80]}
        rows={own.map(({ value, change }) => ({
          name: value,
          dots: [{ kind: 'plain', value: change.difference, interval: change.interval }],
          words: `${formatDelta(change.difference)} points`,
        }))}
        source={`Nano, ${formatCount(line.comparison.all.total)} questions of ${line.benchmark.name}, with 95 % intervals`}
      />
    </>
  );
}

export const formatCorrelation = (value: number): string => value.toFixed(2).replace('-', '−');
