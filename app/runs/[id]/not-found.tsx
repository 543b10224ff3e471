import Link from 'next/link';
import { PageHeader } from '../../ui/page-header';
import { EmptyState } from '../../ui/state';

export default function RunNotFound() {
  return (
    <>
      <PageHeader title="No such run" />
      <EmptyState title="There is no run here for you">
        <p>
          The address may be mistyped, the run may have been discarded, or it is a draft, which only those who
          hold the write token see.
        </p>
        <p className="mt-3">
          <Link href="/leaderboard">See the leaderboard</Link> or <Link href="/submit">enter the token</Link>.
        </p>
      </EmptyState>
    </>
  );
}
