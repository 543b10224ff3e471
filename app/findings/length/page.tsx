import type { Metadata } from 'next';
import Link from 'next/link';
import type { Lengths } from '@/lib/findings/lengths';
import { seedCurve } from '@/lib/findings/seed-curves';
import { endsOf, goesWith } from '@/lib/findings/seed-facts';
import type { RunLengths } from '@/server/evals/types';
import { DotRows } from '../../figures/dot-rows';
import { LineFigure } from '../../figures/line-figure';
import { formatCorrelation } from '../../figures/pieces';
import { readLengths } from '../../figures/read-findings';
import { NANO } from '../../figures/read-line';
import { SEED_SOURCE } from '../../figures/seed-source';
import { paramsOf } from '../../samples/samples-url';
import { formatCount, formatPercent } from '../../ui/format';
import { Choice, lineModels } from '../choices';
import { Against, Finding, Part } from '../finding';
import { ScoredSoon } from '../scored-soon';

export const metadata: Metadata = {
  title: 'Finding: length and difficulty',
  description:
    'Do models write more as they learn to reason? Length of right and wrong answers apart, truncation beside it, by difficulty and by checkpoint, and what speaks against the claim.',
};

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>;
const TAGS = ['difficulty', 'task', 'ability', 'phrasing'] as const;

export default async function LengthPage({ searchParams }: { searchParams: Query }) {
  const params = paramsOf(await searchParams);
  const model = params.get('model') || NANO;
  const tag = TAGS.find((each) => each === params.get('by')) ?? 'difficulty';
  const [measured, models] = await Promise.all([readLengths(model, tag), lineModels()]);
  const asked = measured?.runs.findIndex(({ id }) => id === params.get('run')) ?? -1;
  const place = asked === -1 ? (measured?.runs.length ?? 1) - 1 : asked;
  const run = measured?.runs[place];
  const address = (change: Record<string, string>) =>
    `/findings/length?${new URLSearchParams({ model, by: tag, ...(run ? { run: run.id } : {}), ...change })}#ours`;
  const sizes = (['3B', '7B'] as const).map((size) => ({
    size,
    ...endsOf(size, 1, 'response_length'),
    withScore: goesWith(size, 1, 'response_length', 'score'),
    later: endsOf(size, 2, 'response_length'),
  }));
  return (
    <Finding
      id="length"
      lead="Longer is not better by itself. Right and wrong answers are measured apart, and what was cut off is counted beside them."
    >
      <Part id="there" title="Its evidence there">
        <p>
          Over stage 1 the mean response of 3B goes from {sizes[0]?.first[1].toFixed(0)} tokens to{' '}
          {sizes[0]?.last[1].toFixed(0)}, that of 7B from {sizes[1]?.first[1].toFixed(0)} to{' '}
          {sizes[1]?.last[1].toFixed(0)} (first and last ten steps).
        </p>
        <div className="finding-figures">
          <LineFigure
            title="Tokens of a response, stage 1"
            lines={sizes.map(({ size }) => ({ name: size, points: seedCurve(size, 1, 'response_length') }))}
            format="whole"
            source={SEED_SOURCE}
          />
          <LineFigure
            title="Tokens of a response, stage 2"
            lines={sizes.map(({ size }) => ({ name: size, points: seedCurve(size, 2, 'response_length') }))}
            format="whole"
            source={SEED_SOURCE}
          />
        </div>
      </Part>

      <Part id="ours" title="The same on our own runs">
        <Choice
          label="Model"
          options={models.map(({ slug, name }) => ({
            name,
            href: `/findings/length?${new URLSearchParams({ model: slug, by: tag })}#ours`,
            chosen: slug === model,
          }))}
        />
        {measured === null || run === undefined ? (
          <ScoredSoon />
        ) : (
          <>
            <Stages runs={measured.runs} names={measured.line.runs.map(({ name }) => name)} />
            <Choice
              label="Checkpoint"
              options={measured.line.runs.map(({ id, name }) => ({
                name,
                href: address({ run: id }),
                chosen: id === run.id,
              }))}
            />
            <Choice
              label="By"
              options={TAGS.map((each) => ({
                name: each,
                href: address({ by: each }),
                chosen: each === tag,
              }))}
            />
            <Groups run={run} name={measured.line.runs[place]?.name ?? ''} tag={tag} />
            <p>
              <Link href={`/runs/${run.id}`} prefetch={false}>
                Read these outputs
              </Link>
            </p>
          </>
        )}
      </Part>

      <Against>
        <ul className="finding-list">
          {sizes.map(({ size, withScore, first, last, later }) => (
            <li key={size}>
              {size}: length and reward go together by a rank correlation of{' '}
              {withScore === null
                ? 'nothing that could be computed'
                : `${formatCorrelation(withScore.correlation)} over ${withScore.points} points`}{' '}
              in stage 1, and its last ten steps are {Math.abs(last[1] - first[1]).toFixed(0)} tokens{' '}
              {last[1] > first[1] ? 'longer' : 'shorter'} than its first. In stage 2 they go from{' '}
              {later.first[1].toFixed(0)} to {later.last[1].toFixed(0)}.
            </li>
          ))}
          <li>
            A mean over all responses mixes right with wrong and easy with hard, and the seed shows neither
            apart. Nor does it show how many were cut off, which shortens the longest.
          </li>
          {run === undefined ? null : <AgainstOurs run={run} />}
        </ul>
      </Against>
    </Finding>
  );
}

const tokens = (figure: Lengths['right']) => (figure === null ? 'none' : figure.mean.toFixed(0));

const dots = ({ right, wrong }: Lengths) => [
  ...(right === null ? [] : [{ kind: 'right' as const, value: right.mean, interval: right.interval }]),
  ...(wrong === null ? [] : [{ kind: 'wrong' as const, value: wrong.mean, interval: wrong.interval }]),
];

const words = (each: Lengths) => (
  <>
    ● {tokens(each.right)} · ○ {tokens(each.wrong)}{' '}
    <span className="interval-range">
      {formatCount(each.correct)} of {formatCount(each.outputs)} right, {formatCount(each.truncated)} cut off
    </span>
  </>
);

const longest = (all: readonly Lengths[]) =>
  Math.max(10, ...all.flatMap((each) => dots(each).map(({ value, interval }) => interval?.high ?? value)));

function Stages({ runs, names }: { runs: readonly RunLengths[]; names: readonly string[] }) {
  const all = runs.flatMap(({ lengths }) => lengths[0] ?? []);
  return (
    <DotRows
      title={`Mean ${runs[0]?.unit} by checkpoint: ● right answers, ○ wrong ones`}
      domain={[0, longest(all)]}
      rows={all.map((each, place) => ({ name: names[place] ?? '', dots: dots(each), words: words(each) }))}
      source="From the stored outputs, with 95 % intervals of the means"
    />
  );
}

function Groups({ run, name, tag }: { run: RunLengths; name: string; tag: string }) {
  const [, ...groups] = run.lengths;
  const order = new Intl.Collator('en', { numeric: true });
  const rows = groups.toSorted((a, b) => order.compare(a.group ?? '', b.group ?? ''));
  return (
    <DotRows
      title={`Mean ${run.unit} by ${tag}, ${name}: ● right answers, ○ wrong ones`}
      domain={[0, longest(rows)]}
      rows={rows.map((each) => ({ name: each.group ?? '', dots: dots(each), words: words(each) }))}
      source={
        tag === 'difficulty'
          ? 'Difficulty is by construction: from 1 (one look) to 5 (several steps that build on one another)'
          : 'From the stored outputs, with 95 % intervals of the means'
      }
    />
  );
}

function AgainstOurs({ run }: { run: RunLengths }) {
  const [all, ...groups] = run.lengths;
  const compared = groups.flatMap(({ right, wrong }) =>
    right === null || wrong === null ? [] : [right.mean - wrong.mean],
  );
  if (all === undefined) return null;
  return (
    <li>
      In the outputs above right answers are longer than wrong ones in{' '}
      {compared.filter((each) => each > 0).length} of {compared.length} groups and shorter in{' '}
      {compared.filter((each) => each < 0).length}: at one difficulty lie tasks that it solves at length and
      tasks that it can only guess at. {formatPercent((100 * all.truncated) / Math.max(1, all.outputs))} % are
      cut off ({formatCount(all.truncated)} of {formatCount(all.outputs)}), too few to matter here.
    </li>
  );
}
