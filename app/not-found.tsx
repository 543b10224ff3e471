import type { Metadata } from 'next';
import Link from 'next/link';
import { EmptyState } from './ui/state';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <EmptyState title="There is nothing at this address">
      <h1 className="sr-only">Not found</h1>
      <p>A run may have been discarded, or the address may be mistyped.</p>
      <p className="mt-3">
        <Link href="/leaderboard" className="button">
          To the leaderboard
        </Link>
      </p>
    </EmptyState>
  );
}
