import type { Metadata } from 'next';
import Link from 'next/link';
import { pairedSentence } from '@/lib/compare/comparison-words';
import { seedCurve, valueAt } from '@/lib/findings/seed-curves';
import { endsOf, FORM_REWARD } from '@/lib/findings/seed-facts';
import { TRAINED } from '@/lib/findings/trained';
import { changesOf, isGain } from '../../figures/changes';
import { DotRows } from '../../figures/dot-rows';
import { LineFigure } from '../../figures/line-figure';
import { NANO, readLine, type StageLine } from '../../figures/read-line';
import { SEED_SOURCE } from '../../figures/seed-source';
import { paramsOf } from '../../samples/samples-url';
import { formatCount, formatDelta, formatInterval } from '../../ui/format';
import { Choice, lineModels } from '../choices';
import { Against, Finding, Part } from '../finding';
import { ScoredSoon } from '../scored-soon';

export const metadata: Metadata = {
  title: 'Finding: transfer',
  description:
    'Does training to reason help with tasks that were not trained? What stage 1 gains on them and what stage 2 keeps, task by task with intervals, and what speaks against it.',
};

/** A step early in stage 1. */
const EARLY = 40;

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>;
const TAGS = [
  ['task', 'task'],
  ['ability', 'ability'],
  ['difficulty', 'difficulty'],
  ['phrasing', 'phrasing'],
] as const;

export default async function TransferPage({ searchParams }: { searchParams: Query }) {
  const params = paramsOf(await searchParams);
  const model = params.get('model') || NANO;
  const tag = TAGS.find(([id]) => id === params.get('by'))?.[0] ?? 'task';
  const [line, later, models] = await Promise.all([readLine(model, 0), readLine(model, 1), lineModels()]);
  const address = (own: string, by: string) =>
    `/findings/transfer?${new URLSearchParams({ model: own, by })}#ours`;
  const cv = (['3B', '7B'] as const).map((size) => ({ name: size, ...endsOf(size, 1, 'cvbench_score') }));
  const early = cv.map(({ name, first, last }) => {
    const points = seedCurve(name, 1, 'cvbench_score');
    const at = valueAt(points, EARLY) ?? first[1];
    return { name, share: (at - first[1]) / (last[1] - first[1]) };
  });
  const geoqa = endsOf('3B', 2, 'geoqa_score');
  const kept = endsOf('3B', 2, 'cvbench_score');
  const perTask = line === null ? [] : changesOf(line, 1, 'task');
  const isTrained = (value: string) => TRAINED.stage1.some((each) => each === value);
  const trained = perTask.filter(({ value }) => isTrained(value));
  const untouched = perTask.filter(({ value, change }) => !isTrained(value) && !isGain(change));
  return (
    <Finding
      id="transfer"
      lead="A model that learnt to reason about geometry and charts may count and point better too. How much of that is seen, and where it is not."
    >
      <Part id="there" title="Its evidence there">
        <p>
          During stage 1, which trains mathematics and geometry, the seed measured CV-Bench, which asks where
          things are. Its score went from{' '}
          {cv
            .map(({ name, first, last }) => `${first[1].toFixed(2)} to ${last[1].toFixed(2)} (${name})`)
            .join(', ')}
          .
        </p>
        <LineFigure
          title="Score on CV-Bench during stage 1"
          lines={cv.map(({ name }) => ({ name, points: seedCurve(name, 1, 'cvbench_score') }))}
          format="decimal"
          source={SEED_SOURCE}
        />
        <p>
          The table of results beside the claim has the base and the model after both stages, and no row of
          stage 1 alone: what each stage gives to counting or to boxes cannot be read from it.{' '}
          <Link href="/leaderboard">It stands on the leaderboard.</Link>
        </p>
      </Part>

      <Part id="ours" title="The same on our own runs">
        <Choice
          label="Model"
          options={models.map(({ slug, name }) => ({
            name,
            href: address(slug, tag),
            chosen: slug === model,
          }))}
        />
        <Choice
          label="By"
          options={TAGS.map(([id, name]) => ({ name, href: address(model, id), chosen: id === tag }))}
        />
        {line === null ? (
          <ScoredSoon />
        ) : (
          <>
            <p>{sentence(line, 1)}</p>
            <Changes line={line} run={1} tag={tag} stage="stage1" nano={model === NANO} />
            {later === null || later.runs.length < 3 ? null : (
              <>
                <p>{sentence(later, 2)}</p>
                <Changes line={later} run={2} tag={tag} stage="stage2" nano={model === NANO} />
              </>
            )}
            <p>
              <Link href={`/compare?model=${encodeURIComponent(model)}`} prefetch={false}>
                Every sample behind these figures, stage beside stage
              </Link>
            </p>
          </>
        )}
      </Part>

      <Against>
        <ul className="finding-list">
          <li>
            The score is the reward, not the accuracy: up to {FORM_REWARD[1]} of it is for form. A base that
            does not write the tags starts low and gains at once.{' '}
            {early
              .map(
                ({ name, share }) =>
                  `${(100 * share).toFixed(0)} % of ${name}’s rise is there at step ${EARLY}`,
              )
              .join(', ')}
            .
          </li>
          <li>
            Stage 2 does not keep all: 3B’s score on GeoQA goes from {geoqa.first[1].toFixed(2)} to{' '}
            {geoqa.last[1].toFixed(2)} in it while CV-Bench goes from {kept.first[1].toFixed(2)} to{' '}
            {kept.last[1].toFixed(2)}. The seed shows no such curve of 7B.
          </li>
          {model !== NANO || untouched.length === 0 ? null : (
            <li>
              Not every untrained task gains: Nano’s{' '}
              {untouched
                .map(
                  ({ value, change }) =>
                    `${value} (${formatDelta(change.difference)}, ${formatInterval(change.interval)})`,
                )
                .join(' and ')}{' '}
              cannot be told from no change after stage 1.
            </li>
          )}
          {model !== NANO || trained.length === 0 ? null : (
            <li>
              Of the {trained.length} tasks that stage 1 does train{' '}
              {trained.filter(({ change }) => isGain(change)).length} gains beyond chance. What it carries
              over is not skill in charts or geometry, of which it has got none, but the habit of looking
              before it answers.
            </li>
          )}
          <li>
            Nano’s base was made to answer at a glance although it could do better, and its supervised
            training had every task: what it gains is in part the use of what it could do before.
          </li>
        </ul>
      </Against>
    </Finding>
  );
}

function sentence({ comparison, runs }: StageLine, run: number): string {
  const change = comparison.all.changes[run];
  return change === null || change === undefined
    ? ''
    : pairedSentence(runs[run]?.name ?? '', runs[comparison.baseline]?.name ?? '', change);
}

function Changes({
  line,
  run,
  tag,
  stage,
  nano,
}: {
  line: StageLine;
  run: number;
  tag: string;
  stage: 'stage1' | 'stage2';
  nano: boolean;
}) {
  const rows = changesOf(line, run, tag);
  const trained = (value: string) => nano && tag === 'task' && TRAINED[stage].some((each) => each === value);
  return (
    <DotRows
      title={`${line.runs[line.comparison.baseline]?.name} → ${line.runs[run]?.name}, points`}
      domain={[-30, 80]}
      rows={rows.map(({ value, change }) => ({
        name: trained(value) ? `${value} (trained)` : value,
        dots: [{ kind: 'plain', value: change.difference, interval: change.interval }],
        words: (
          <>
            {formatDelta(change.difference)}{' '}
            <span className="interval-range">{formatInterval(change.interval)}</span>
          </>
        ),
      }))}
      source={`${formatCount(line.comparison.all.total)} questions of ${line.benchmark.name} ${line.split}; paired, 95 % intervals${nano && tag === 'task' ? '; “trained” is what the stage was rewarded for' : ''}`}
    />
  );
}
