import { benchmarkOf } from '@/lib/benchmarks/registry';

/** How pages call the command, for whoever has no clone: npx takes it from the site itself. */
export const oceanAt = (site: string): string => `npx ${site}/cli/ocean.tgz`;

/** What puts a split's annotations here, with its pictures from a folder of theirs. Null of what is generated. */
export function installLine(
  OCEAN: string,
  { benchmark, split, pictures = true }: { benchmark: string; split: string | null; pictures?: boolean },
): string | null {
  const found = benchmarkOf(benchmark);
  const which = found?.splits.find(({ id }) => id === split) ?? found?.splits[0];
  if (found === null || which === undefined || which.source.kind === 'generated') return null;
  const named = found.splits.length > 1 ? ` --split ${which.id}` : '';
  return `${OCEAN} benchmarks install ${found.id}${named}${pictures ? ' --images pictures' : ''}`;
}

/** The lines that score a file on a machine that has nothing of it yet. `file` is a word of a shell. */
export function scoreLines(
  OCEAN: string,
  {
    file,
    benchmark,
    split,
    scorer,
  }: { file: string; benchmark: string; split: string | null; scorer: string | null },
): string {
  const score = [
    `${OCEAN} score ${file} --benchmark ${benchmark}`,
    ...(split === null ? [] : [`--split ${split}`]),
    ...(scorer === null ? [] : [`--scorer ${scorer}`]),
  ].join(' ');
  const install = installLine(OCEAN, { benchmark, split, pictures: false });
  return install === null ? score : `${install}\n${score}`;
}
