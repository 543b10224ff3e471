'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

const PLACES = [
  { href: '/leaderboard', label: 'Leaderboard', holds: ['/leaderboard', '/runs', '/compare'] },
  { href: '/models', label: 'Models', holds: ['/models'] },
  { href: '/chat', label: 'Try it', holds: ['/chat'] },
  { href: '/world', label: 'World', holds: ['/world'] },
  { href: '/findings', label: 'Findings', holds: ['/findings'] },
  { href: '/training', label: 'Training', holds: ['/training'] },
  { href: '/submit', label: 'Submit', holds: ['/submit'] },
  { href: '/docs', label: 'Docs', holds: ['/docs'] },
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
