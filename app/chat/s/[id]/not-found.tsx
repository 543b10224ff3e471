import Link from 'next/link';
import { PageHeader } from '../../../ui/page-header';
import { EmptyState } from '../../../ui/state';

export default function SharedNotFound() {
  return (
    <>
      <PageHeader title="No such conversation" />
      <EmptyState title="Nothing is shared at this address">
        <p>The link may have been revoked by whoever made it, or the address may be mistyped.</p>
        <p className="mt-3">
          <Link href="/chat" className="button">
            Try it yourself
          </Link>
        </p>
      </EmptyState>
    </>
  );
}
