import type { Metadata } from 'next';
import Link from 'next/link';
import { SEED_SIZES, type SeedMetric, seedCurve } from '@/lib/findings/seed-curves';
import { endsOf, FORM_REWARD, goesWith } from '@/lib/findings/seed-facts';
import { type FigureFormat, LineFigure } from '../../figures/line-figure';
import { formatCorrelation } from '../../figures/pieces';
import { SEED_SOURCE } from '../../figures/seed-source';
import { paramsOf } from '../../samples/samples-url';
import { api, orNull } from '../../trpc/server';
import { EmptyState } from '../../ui/state';
import { visible } from '../../ui/visible';
import { Choice } from '../choices';
import { Against, Finding, Part } from '../finding';

export const metadata: Metadata = {
  title: 'Finding: dynamics',
  description:
    'How reflection, accuracy, reward, length and entropy change step by step in both stages: the seed’s curves and our own, with the responses behind them one click away.',
};

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>;

const SEED_FIGURES: readonly {
  metric: SeedMetric;
  title: string;
  format: FigureFormat;
  fromZero?: boolean;
}[] = [
  { metric: 'reasoning_behaviors', title: 'Reflections on GeoQA', format: 'whole', fromZero: true },
  { metric: 'geoqa_score', title: 'Score on GeoQA', format: 'decimal' },
  { metric: 'cvbench_score', title: 'Score on CV-Bench', format: 'decimal' },
  { metric: 'score', title: 'Reward', format: 'decimal' },
  { metric: 'response_length', title: 'Tokens of a response', format: 'whole' },
  { metric: 'entropy', title: 'Entropy', format: 'decimal', fromZero: true },
];

const REFLECTION_METRIC = 'rollout/reflection';
const OUR_FIGURES: readonly { metric: string; title: string; format: FigureFormat; fromZero?: boolean }[] = [
  { metric: REFLECTION_METRIC, title: 'Responses that reflect', format: 'percent', fromZero: true },
  { metric: 'reward/exact', title: 'Right answers', format: 'percent' },
  { metric: 'critic/score/mean', title: 'Reward', format: 'decimal' },
  { metric: 'response_length/mean', title: 'Tokens of a response', format: 'whole' },
  { metric: 'actor/entropy_loss', title: 'Entropy', format: 'decimal', fromZero: true },
];

/** Points of one of our curves: as many as a figure shows. */
const POINTS = 60;

export default async function DynamicsPage({ searchParams }: { searchParams: Query }) {
  const params = paramsOf(await searchParams);
  const stage = params.get('stage') === '2' ? 2 : 1;
  const jobId = params.get('job') || `nano-stage${stage}`;
  const { training } = await api();
  const [job, jobs] = await Promise.all([
    orNull(training.page({ id: jobId })),
    training.list({ kinds: ['train'], limit: 12 }),
  ]);
  const curves =
    job === null
      ? {}
      : await training.curves({ id: jobId, names: OUR_FIGURES.map(({ metric }) => metric), points: POINTS });
  const together = SEED_SIZES.map((size) => ({
    size,
    found: goesWith(size, 1, 'reasoning_behaviors', 'geoqa_score'),
    entropy: endsOf(size, 2, 'entropy'),
  }));
  const reflection = curves[REFLECTION_METRIC];
  const right = curves['reward/exact'];
  return (
    <Finding
      id="dynamics"
      lead={`What happens from step to step. The seed counts reflection at ${seedCurve('3B', 1, 'reasoning_behaviors').length} points of stage 1, and does not say of how many answers.`}
    >
      <Part id="there" title="Its evidence there">
        <Choice
          label="Stage"
          options={[1, 2].map((each) => ({
            name: `stage ${each}`,
            href: `/findings/dynamics?stage=${each}#there`,
            chosen: each === stage,
          }))}
        />
        <div className="finding-figures">
          {SEED_FIGURES.flatMap(({ metric, ...figure }) => {
            const lines = SEED_SIZES.map((size) => ({
              name: size,
              points: seedCurve(size, stage, metric),
            })).filter(({ points }) => points.length > 0);
            return lines.length === 0
              ? []
              : [<LineFigure key={metric} {...figure} lines={lines} source={SEED_SOURCE} />];
          })}
        </div>
      </Part>

      <Part id="ours" title="The same on our own runs">
        <Choice
          label="Training"
          options={jobs
            .filter(({ step }) => step > 0)
            .map(({ id, name }) => ({
              name,
              href: `/findings/dynamics?${new URLSearchParams({ stage: String(stage), job: id })}#ours`,
              chosen: id === jobId,
            }))}
        />
        {job === null ? (
          <EmptyState title="No such training here">
            <p>
              <Link href="/training">All trainings</Link>
            </p>
          </EmptyState>
        ) : (
          <>
            <p>
              <Link href={`/training/${encodeURIComponent(job.id)}`} prefetch={false}>
                {visible(job.name)}
              </Link>
              , {job.step} steps.{' '}
              {job.rolloutSteps.length === 0 ? null : (
                <>
                  Read what it was rewarded for at{' '}
                  {job.rolloutSteps.slice(0, 8).map((step, place) => (
                    <span key={step}>
                      {place === 0 ? '' : ', '}
                      <Link
                        href={`/training/${encodeURIComponent(job.id)}?step=${step}#rollouts`}
                        prefetch={false}
                      >
                        step {step}
                      </Link>
                    </span>
                  ))}
                  .
                </>
              )}
            </p>
            <div className="finding-figures">
              {OUR_FIGURES.flatMap(({ metric, ...figure }) => {
                const curve = curves[metric];
                if (curve === undefined || curve.steps.length === 0) return [];
                const points = curve.steps.map(
                  (step, at) => [step, ((curve.low[at] ?? 0) + (curve.high[at] ?? 0)) / 2] as const,
                );
                return [
                  <LineFigure
                    key={metric}
                    {...figure}
                    lines={[{ name: job.name, points }]}
                    source={`Measured by the trainer (${metric}${metric === REFLECTION_METRIC ? ', by the list of its day' : ''})`}
                  />,
                ];
              })}
            </div>
          </>
        )}
      </Part>

      <Against>
        <ul className="finding-list">
          {together.map(({ size, found, entropy }) => (
            <li key={size}>
              {size}: reflection and the score on GeoQA go together by a rank correlation of{' '}
              {found === null
                ? 'nothing that could be computed'
                : `${formatCorrelation(found.correlation)} over ${found.points} points`}
              : the model is at its best when it reflects least. In stage 2 entropy goes from{' '}
              {entropy.first[1].toFixed(2)} to {entropy.last[1].toFixed(2)}: its answers become less certain
              while its reward rises, which the README does not mention.
            </li>
          ))}
          {reflection === undefined || right === undefined || reflection.high.length === 0 ? null : (
            <li>
              {visible(job?.name ?? '')}: at most {(100 * Math.max(...reflection.high)).toFixed(1)} % of a
              step’s responses reflect, while right answers go from {(100 * (right.low[0] ?? 0)).toFixed(0)} %
              to {(100 * (right.high.at(-1) ?? 0)).toFixed(0)} %. Reward can rise without a word of
              reflection.
            </li>
          )}
          <li>
            The score of the seed’s curves is the reward of validation, with up to {FORM_REWARD[1]} for form,
            not the accuracy; and a count without a denominator says nothing of how often.
          </li>
        </ul>
      </Against>
    </Finding>
  );
}
