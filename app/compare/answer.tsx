import Link from 'next/link';
import type { PlacedSet } from '@/lib/compare/compare-loaded';
import { answersOf, limitsOf } from '@/lib/compare/comparison-report';
import { addressQuery, type CompareAddress } from './compare-url';
import { SideName } from './side-name';
import type { Side } from './sides';

/** The answer first, in sentences that can be quoted; then against what it is, and what limits it. */
export function Answer({
  address,
  set,
  sides,
  baselineId,
}: {
  address: CompareAddress;
  set: PlacedSet;
  sides: readonly Side[];
  baselineId: string;
}) {
  const limits = limitsOf(set);
  return (
    <section className="panel compare-answer" aria-labelledby="compare-answer">
      <h2 id="compare-answer" className="label">
        The answer, on {set.benchmark.name}
      </h2>
      {answersOf(set).map((sentence) => (
        <p key={sentence} className="compare-sentence" dir="auto">
          {sentence}
        </p>
      ))}
      <nav className="compare-baseline" aria-label="Baseline">
        <span className="text-muted">Compared with</span>
        {sides.map((side) => (
          <Link
            key={side.id}
            href={`/compare${addressQuery({ ...address, baseline: address.runs.length > 0 ? side.id : side.checkpointId, benchmark: set.benchmark.id, split: set.split.id })}`}
            aria-current={side.id === baselineId ? 'true' : undefined}
            className="compare-baseline-choice"
            prefetch={false}
          >
            <SideName side={side} />
          </Link>
        ))}
      </nav>
      {limits.length === 0 ? null : (
        <ul className="compare-limits">
          {limits.map((sentence) => (
            <li key={sentence} dir="auto">
              {sentence}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
