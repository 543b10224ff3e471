import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { seedCurvesFile } from '@/lib/findings/seed-curves';
import words from '@/lib/findings/seed-words.json';

/** What the findings show of others' data, made of it again: `npm run check:data -- -u` writes the files anew. */

const SHARED = new URL('../../../shared/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, SHARED), 'utf8');

const digitised = z.object({
  source: z.string(),
  series: z.array(
    z.object({
      model: z.string(),
      stage: z.number(),
      metric: z.string(),
      primary: z.boolean(),
      error: z.object({ worst_case: z.number() }),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
});

/** Of a curve of hundreds of steps, so many are drawn as one. */
const EVERY = 10;

function thinned(points: readonly (readonly [number, number])[], every: number): [number, number][] {
  const means = (at: 0 | 1, part: typeof points) =>
    part.reduce((sum, each) => sum + each[at], 0) / part.length;
  return Array.from({ length: Math.ceil(points.length / every) }, (_, place) => {
    const part = points.slice(place * every, (place + 1) * every);
    return [means(0, part), Number(means(1, part).toPrecision(4))];
  });
}

test('the curves are means of ten steps of those that were read off the seed’s figures', async () => {
  const { source, series } = digitised.parse(JSON.parse(read('data/ocean-r1/training-curves.json')));
  const curves = series
    .filter(({ primary }) => primary)
    .map(({ model, stage, metric, error, points }) => {
      const every = points.length > 100 ? EVERY : 1;
      return { size: model, stage, metric, every, error: error.worst_case, points: thinned(points, every) };
    });
  const file = seedCurvesFile.parse({
    source,
    method: `Points are the steps of the figure, or means of ${EVERY} steps where it has hundreds.`,
    curves,
  });
  const lines = file.curves.map((curve) => `    ${JSON.stringify(curve)}`).join(',\n');
  const { curves: _, ...head } = file;
  await expect(
    `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "curves": [\n${lines}\n  ]\n}\n`,
  ).toMatchFileSnapshot('../../lib/findings/seed-curves.json');
});

test('the seed says every word that is put into its mouth', () => {
  const seed = read('seed-ocean-r1.txt');
  const flat = (text: string) => text.replaceAll('\n', '\\n');
  for (const text of [...Object.values(words.claims), ...words.quotes]) expect(seed).toContain(text);
  for (const { question, gold, output, verify } of words.cases)
    expect(seed).toContain(`${question} ${gold} ${flat(output)} ${verify}`);
});
