import type { RunsComparison } from '@/lib/compare/compare-runs';
import { patternAt, patternOf } from '@/lib/compare/listed-samples';
import { type TransitionKind, transitionKind } from '@/lib/compare/transitions';
import { OutcomeMark } from '../samples/outcome';
import { formatCount } from '../ui/format';
import type { CompareAddress } from './compare-url';
import { type Band, bandPath, flowBands } from './flow-layout';
import { SamplesLink, samplesHref } from './samples-link';
import { SideName } from './side-name';
import type { Side } from './sides';
import { WideTable } from './wide-table';

const KIND_WORDS: Readonly<Record<TransitionKind, string>> = {
  lost: 'lost',
  gained: 'gained',
  'always-right': 'always right',
  'always-wrong': 'always wrong',
};

/** What became of the samples from run to run: as a picture whose bands list their samples, and as a table. */
export function Transitions({
  address,
  comparison,
  sides,
}: {
  address: CompareAddress;
  comparison: RunsComparison | null;
  sides: readonly Side[];
}) {
  if (comparison === null) return null;
  const { transitions, figures, total } = comparison.all;
  return (
    <section className="panel compare-transitions" aria-labelledby="compare-transitions">
      <h2 id="compare-transitions">What became of the samples</h2>
      <div className="flow-and-kinds">
        <Flow
          address={address}
          bands={flowBands(transitions)}
          sides={sides}
          right={figures.map(({ correct }) => correct)}
          total={total}
        />
        <WideTable label="Kinds of samples">
          <caption className="compare-caption">From run to run, what was lost first</caption>
          <thead>
            <tr>
              {sides.map((side) => (
                <th key={side.id} scope="col">
                  <SideName side={side} />
                </th>
              ))}
              <th scope="col">Kind</th>
              <th scope="col" className="num">
                Samples
              </th>
            </tr>
          </thead>
          <tbody>
            {transitions.map(({ right, count }) => {
              const kind = transitionKind(right);
              return (
                <tr key={patternOf(right)} className={`kind-${kind}`}>
                  {right.map((isRight, run) => (
                    <td key={sides[run]?.id}>
                      <RightMark right={isRight} />
                    </td>
                  ))}
                  <td>{KIND_WORDS[kind]}</td>
                  <td className="num">
                    <SamplesLink
                      address={address}
                      count={count}
                      label={`${KIND_WORDS[kind]}: ${right.map((each) => (each ? 'right' : 'wrong')).join(', ')}`}
                      filter={{ right: patternOf(right) }}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </WideTable>
      </div>
    </section>
  );
}

/** Right or wrong by shape and word. */
export const RightMark = ({ right }: { right: boolean }) => (
  <span className="right-mark">
    <OutcomeMark outcome={right ? 'correct' : 'wrong'} />
    {right ? 'right' : 'wrong'}
  </span>
);

const bandWords = ({ wasRight, isRight }: Band) =>
  wasRight ? (isRight ? 'kept' : 'broken') : isRight ? 'fixed' : 'still wrong';

function Flow({
  address,
  bands,
  sides,
  right,
  total,
}: {
  address: CompareAddress;
  bands: readonly Band[];
  sides: readonly Side[];
  right: readonly number[];
  total: number;
}) {
  const gaps = sides.length - 1;
  return (
    <figure className="flow">
      <div className="flow-heads" aria-hidden="true">
        {sides.map((side, run) => (
          <div key={side.id}>
            <SideName side={side} />
            <span className="text-muted">
              {formatCount(right[run] ?? 0)} of {formatCount(total)} right
            </span>
          </div>
        ))}
      </div>
      <div className="flow-picture">
        {/* biome-ignore lint/a11y/useSemanticElements: the rule wants a fieldset for a group, and SVG has none; the group names what its links belong to */}
        <svg
          viewBox={`0 0 ${100 * gaps} 100`}
          preserveAspectRatio="none"
          role="group"
          aria-label="Flow of samples from run to run; the table beside it says the same"
        >
          {bands.map((band) => (
            <a
              key={`${band.from} ${bandWords(band)}`}
              data-samples
              className={`flow-band flow-${bandWords(band).replace(' ', '-')}`}
              href={samplesHref(address, {
                right: patternAt(sides.length, {
                  [band.from]: band.wasRight,
                  [band.from + 1]: band.isRight,
                }),
              })}
              aria-label={`${formatCount(band.count)} ${bandWords(band)} from ${sides[band.from]?.name} to ${sides[band.from + 1]?.name}`}
            >
              <path d={bandPath(band)} />
            </a>
          ))}
        </svg>
        {bands.map((band) => (
          <span
            key={`${band.from} ${bandWords(band)}`}
            className="flow-count"
            aria-hidden="true"
            style={labelPlace(band, gaps)}
          >
            {formatCount(band.count)} {bandWords(band)}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** What crosses is named at its ends, where it is alone; what stays, in the middle. */
function labelPlace({ from, wasRight, isRight, start, end }: Band, gaps: number) {
  const along = wasRight === isRight ? 0.5 : wasRight ? 0.17 : 0.83;
  const at = along < 0.5 ? start : end;
  const middle = along === 0.5 ? (start.y + end.y + start.height) / 2 : at.y + at.height / 2;
  return { left: `${(100 * (from + along)) / gaps}%`, top: `${Math.min(95, Math.max(5, middle))}%` };
}
