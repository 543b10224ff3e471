'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

const PLACES = [
  { href: '/leaderboard', label: 'Leaderboard', holds: ['/leaderboard', '/runs', '/compare'] },
  { href: '/chat', label: 'Try it', holds: ['/chat'] },
  { href: '/world', label: 'World', holds: ['/world'] },
  { href: '/findings', label: 'Findings', holds: ['/findings'] },
  { href: '/training', label: 'Training', holds: ['/training'] },
  { href: '/submit', label: 'Submit', holds: ['/submit'] },
] as const;

export function SiteNav() {
  const pathname = usePathname();
  return (
    <nav aria-label="Site">
      {PLACES.map(({ href, label, holds }) => (
        <Link
          key={href}
          href={href}
          aria-current={
            holds.some((place) => pathname === place || pathname.startsWith(`${place}/`)) ? 'page' : undefined
          }
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
