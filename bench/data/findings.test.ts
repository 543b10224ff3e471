import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { labelsFile, STRATA } from '@/lib/findings/labels';
import labels from '@/lib/findings/labels.json';
import { seedCurvesFile } from '@/lib/findings/seed-curves';
import words from '@/lib/findings/seed-words.json';
import { patternOf, REFLECTION } from '@/lib/reasoning/reflection';

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

/* ---------------------------------------------------------------- outputs that were read by hand */

const outputOf = {
  'mathv_gemini-pro-cot.jsonl': (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => z.object({ id: z.string(), response: z.string() }).parse(JSON.parse(line)))
      .map(({ id, response }) => [id, response] as const),
  'mathvista_llava_llama_2_13b.json': (text: string) =>
    Object.entries(z.record(z.string(), z.object({ response: z.string() })).parse(JSON.parse(text))).map(
      ([id, { response }]) => [id, response] as const,
    ),
  'r1v_geoqa_qwen2vl_7b_instruct.json': r1v,
  'r1v_superclevr200_qwen2vl_2b_instruct.json': r1v,
};

const r1vFile = z.object({ results: z.array(z.object({ model_output: z.string() })) });
function r1v(text: string): (readonly [string, string])[] {
  return r1vFile.parse(JSON.parse(text)).results.map((row, id) => [String(id), row.model_output] as const);
}

/** Words beside which reflection may stand that the list misses: what it does not find with them is sampled apart. */
const NEAR =
  /however|\bwait\b|contradict|incorrect|mistake|\berror|re-?(check|eval|exam|think|calc|consider|vis(it|e)|assess|count)|verif|double.check|again|mis(interp|under|read|calc)|discrep|inconsist|alternativ|another (way|approach)|different approach|let'?s (check|try)|not possible|impossible|not (given|among|one of|listed|in the) .{0,20}(option|choice)|none of the|closest|does(n't| not) (match|make sense)|sorry|actually|oops|wrong|not correct/i;

test('the labels are of these outputs, and the list finds in them what the file says', async () => {
  const outputs = new Map(
    Object.entries(outputOf).flatMap(([file, outputsIn]) =>
      outputsIn(read(`data/predictions/${file}`)).flatMap(([id, text]) =>
        text === '' ? [] : [[`${file} ${id}`, text] as const],
      ),
    ),
  );
  const phrases = REFLECTION.flatMap((category) => category.phrases);
  const found = (text: string) => phrases.filter((phrase) => text.search(patternOf([phrase]) ?? /$^/) !== -1);
  const rows = labelsFile.parse(labels).labels.map((label) => {
    const text = outputs.get(`${label.file} ${label.id}`) ?? '';
    expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(label.sha256);
    if (label.stratum === 'near') expect(text).toMatch(NEAR);
    return { ...label, phrases: found(text) };
  });
  const all = patternOf(phrases) ?? /$^/;
  const first = new Set(
    rows.filter(({ stratum }) => stratum === 'read').map(({ file, id }) => `${file} ${id}`),
  );
  const size = { found: 0, read: first.size, near: 0, rest: 0 };
  for (const [key, text] of outputs) {
    if (text.search(all) !== -1) size.found += 1;
    else if (!first.has(key)) size[NEAR.test(text) ? 'near' : 'rest'] += 1;
  }
  expect(rows.every(({ stratum, phrases: own }) => (stratum === 'found') === own.length > 0)).toBe(true);
  const { strata, labels: _, ...head } = labels;
  const sized = Object.fromEntries(
    STRATA.map((id) => [id, { what: strata[id].what, size: size[id] }] as const),
  );
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  await expect(
    `${JSON.stringify({ ...head, strata: sized }, null, 2).slice(0, -2)},\n  "labels": [\n${lines}\n  ]\n}\n`,
  ).toMatchFileSnapshot('../../lib/findings/labels.json');
});
