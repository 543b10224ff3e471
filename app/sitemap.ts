import type { MetadataRoute } from 'next';
import { FINDINGS } from './figures/pieces';
import { api } from './trpc/server';
import { ownAddress } from './ui/site-address';

const PAGES = [
  '',
  '/leaderboard',
  '/models',
  '/chat',
  '/world',
  '/findings',
  '/training',
  '/submit',
  '/docs',
  '/cli',
];

/** All that a visitor may read: the places of the site, benchmarks, published runs, models, public trainings, guides. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const [site, { leaderboard, models, guides, training }] = await Promise.all([ownAddress(), api()]);
  const [board, allModels, allGuides, trainings] = await Promise.all([
    leaderboard.board(),
    models.list(),
    guides.list(),
    training.list({ limit: 1_000 }),
  ]);
  const runs = board.rows.flatMap(({ cells }) =>
    Object.values(cells).flatMap(({ reported, recomputed }) =>
      [reported, recomputed].flatMap((cell) => cell?.runId ?? []),
    ),
  );
  const under = (folder: string, names: readonly string[]) =>
    names.map((name) => `/${folder}/${encodeURIComponent(name)}`);
  return [
    ...PAGES,
    ...under(
      'leaderboard',
      board.columns.map(({ benchmark }) => benchmark),
    ),
    ...under(
      'models',
      allModels.map(({ slug }) => slug),
    ),
    ...under('runs', [...new Set(runs)]),
    ...under(
      'training',
      trainings.filter((each) => each.public).map(({ id }) => id),
    ),
    ...under(
      'findings',
      FINDINGS.map(({ id }) => id),
    ),
    ...under(
      'docs',
      allGuides.map(({ slug }) => slug),
    ),
  ].map((path) => ({ url: `${site}${path}` }));
}
