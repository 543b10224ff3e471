import Link from 'next/link';
import { EmptyState } from '../../ui/state';

export default function NoSuchJob() {
  return (
    <EmptyState title="There is no such job here">
      <p>
        It may be a draft, which the team alone sees. <Link href="/training">All jobs</Link>
      </p>
    </EmptyState>
  );
}
