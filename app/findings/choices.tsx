import Link from 'next/link';
import { api } from '../trpc/server';
import { visible } from '../ui/visible';

/** A choice of the reader's, by links, so that it has an address and works without script. */
export function Choice({
  label,
  options,
}: {
  label: string;
  options: readonly { name: string; href: string; chosen: boolean }[];
}) {
  if (options.length < 2) return null;
  return (
    <nav className="finding-choice" aria-label={label}>
      <span className="label">{label}</span>
      {options.map(({ name, href, chosen }) => (
        <Link
          key={href}
          href={href}
          scroll={false}
          prefetch={false}
          aria-current={chosen ? 'true' : undefined}
        >
          {visible(name)}
        </Link>
      ))}
    </nav>
  );
}

/** Models of which two stages at least were run: what is looked at can be any of them. */
export async function lineModels(): Promise<readonly { slug: string; name: string }[]> {
  const { runs } = await api();
  const bySlug = new Map<string, { name: string; stages: number }>();
  for (const { modelSlug, modelName, stage } of await runs.compareChoices())
    if (stage !== null)
      bySlug.set(modelSlug, { name: modelName, stages: (bySlug.get(modelSlug)?.stages ?? 0) + 1 });
  return [...bySlug].filter(([, { stages }]) => stages > 1).map(([slug, { name }]) => ({ slug, name }));
}
