import type { ModelShape } from '@/lib/training/model-shape';
import { canBeShared, type Plan, peakOf, planOf, rateOn, stepsOf } from '@/lib/training/plan';
import { defaultsOf, type Table } from '@/lib/training/recipe-problems';
import { formatBytes, formatCount } from '../../ui/format';
import { visible } from '../../ui/visible';
import { durationWords } from '../job-words';
import type { Choices } from '../types';

/** What the run would be, before it begins. */
export function PlanPanel({
  recipe,
  shape,
  rows,
  boxes,
}: {
  /** Without a problem; null where it has some. */
  recipe: Table | null;
  /** Of what it begins with; null where that is not known here. */
  shape: ModelShape | null;
  /** That it trains on; null where some lie on the box. */
  rows: number | null;
  boxes: Choices['boxes'];
}) {
  return (
    <section aria-labelledby="plan-heading" className="panel new-plan">
      <h2 id="plan-heading">The plan</h2>
      {recipe === null ? (
        <p className="text-muted">It is told once nothing is wrong with the recipe.</p>
      ) : shape === null ? (
        <p className="text-muted">
          What the run begins with lies on the box, so its size is not known here: the box tells it by{' '}
          <code>ocean-r1 train RECIPE --plan</code>.
        </p>
      ) : (
        <Figures
          plan={planOf(recipe, shape)}
          recipe={recipe}
          shape={shape}
          steps={stepsOf(recipe, rows)}
          boxes={boxes}
        />
      )}
    </section>
  );
}

/** What is planned, and the boxes that may take it up. */
interface Planned {
  plan: Plan;
  recipe: Table;
  shape: ModelShape;
  steps: number | null;
  boxes: Choices['boxes'];
}

function Figures({ plan, recipe, shape, steps, boxes }: Planned) {
  const { parameters, tower, held, host, passing, checkpoint, newTokens, updates } = plan;
  return (
    <>
      <dl className="facts">
        <dt>Parameters</dt>
        <dd>
          {formatCount(parameters)}{' '}
          <span className="text-muted">{formatCount(tower)} of them in the vision tower</span>
        </dd>
        <dt>A step</dt>
        <dd>
          {stepWords(recipe, plan)}
          {newTokens === null ? '' : `, at most ${formatCount(newTokens)} new tokens`}
          {updates === 1 ? '' : `, ${formatCount(updates)} updates`}
        </dd>
        <dt>Steps</dt>
        <dd>{steps === null ? 'as many as the data on the box take' : formatCount(steps)}</dd>
        <dt>A checkpoint</dt>
        <dd>{formatBytes(checkpoint)}</dd>
      </dl>
      <table className="new-memory">
        <caption>Memory</caption>
        <tbody>
          {Object.entries(held).map(([what, bytes]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{formatBytes(bytes)}</td>
            </tr>
          ))}
          {Object.entries(passing).map(([what, bytes]) => (
            <tr key={what}>
              <th scope="row">
                {what} <span className="text-muted">at most</span>
              </th>
              <td>{formatBytes(bytes)}</td>
            </tr>
          ))}
          {Object.entries(host).map(([what, bytes]) => (
            <tr key={what}>
              <th scope="row">
                {what} <span className="text-muted">on the host</span>
              </th>
              <td>{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">at most at any moment</th>
            <td>{formatBytes(peakOf(plan))}</td>
          </tr>
        </tfoot>
      </table>
      <Boxes plan={plan} recipe={recipe} shape={shape} steps={steps} boxes={boxes} />
    </>
  );
}

function stepWords(recipe: Table, { responses }: Plan): string {
  const told = formatCount(responses);
  if (recipe.kind === 'sft') return `${told} rows`;
  if (recipe.kind === 'tower') return `${told} pictures`;
  return `${told} responses`;
}

/** Which boxes there are: whether it fits, how long it takes, what it costs. */
function Boxes({ plan, recipe, shape, steps, boxes }: Planned) {
  if (boxes.length === 0)
    return <p className="text-muted">No box has said yet what it is: the run waits for one.</p>;
  const onCard = String(defaultsOf(recipe)('model.device')).startsWith('cuda');
  return (
    <ul className="new-boxes">
      {boxes.map(({ id, name, machine, rates }) => {
        const memory = onCard ? Math.max(0, ...machine.cards.map((card) => card.memory)) : machine.memory;
        const rate = rateOn(rates, id, recipe.kind, plan.parameters);
        const seconds =
          rate === null || steps === null ? null : steps * plan.responses * rate.secondsPerResponse;
        const { pricePerHour } = machine;
        return (
          <li key={id}>
            <strong dir="auto">{visible(name)}</strong>
            <span>
              {memory === 0
                ? 'has no card, which the recipe asks for'
                : peakOf(plan) <= memory
                  ? `has room: ${formatBytes(memory)}${onCard ? ' on its card' : ''}`
                  : `too small: ${formatBytes(memory)}${onCard ? ' on its card' : ''}`}
            </span>
            {onCard && machine.cards.length > 1 && canBeShared(recipe, machine.cards.length) && (
              <span className="text-muted">
                Trained there by torchrun, a process on each of its {machine.cards.length} cards:{' '}
                {formatBytes(peakOf(planOf(recipe, shape, machine.cards.length)))} at most on each.
              </span>
            )}
            <span>
              {rate === null
                ? 'Time: not measured yet.'
                : seconds === null
                  ? `A step takes ${durationWords(plan.responses * rate.secondsPerResponse)}.`
                  : `About ${durationWords(seconds)}`}
              {seconds === null || pricePerHour === undefined
                ? ''
                : `, ${((seconds / 3_600) * pricePerHour).toFixed(2)} at ${pricePerHour} an hour`}
              {rate === null ? null : (
                <span className="text-muted"> by the responses of “{visible(rate.jobName)}”</span>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
