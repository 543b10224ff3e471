import Link from 'next/link';
import { MAX_RUNS } from '@/lib/compare/compare-runs';

/** Where the ticked rows are compared, or how many to tick. */
export function CompareTicked({ ticked }: { ticked: readonly string[] }) {
  const many = ticked.length;
  return (
    <p className="board-compare" role="status">
      {many < 2 ? (
        <>
          Tick two to {MAX_RUNS} rows to compare them sample by sample, or{' '}
          <Link href="/compare" prefetch={false}>
            choose from a list
          </Link>
        </>
      ) : many > MAX_RUNS ? (
        `${many} are ticked: at most ${MAX_RUNS} are compared with each other`
      ) : (
        <Link
          href={`/compare?checkpoints=${ticked.map(encodeURIComponent).join(',')}`}
          prefetch={false}
          className="button button-primary"
        >
          Compare {many} ticked
        </Link>
      )}
    </p>
  );
}
