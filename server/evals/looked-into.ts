import { unpackSamples } from '@/lib/compare/packed-samples';
import { lengthsOf, type Measured } from '@/lib/findings/lengths';
import { patternOf, REFLECTION } from '@/lib/reasoning/reflection';
import { sections } from '@/lib/reasoning/sections';
import { keptLately } from '../kept';
import { comparedRuns } from './compared-samples';
import { groupsOf, packedOutcomes } from './outcomes';
import { mayLook, outputsOf } from './outputs';
import type { ScoredRun, Visitor } from './samples';
import type { RunLengths, RunReflection } from './types';

/** What a run's outputs are like, for the findings: how long, and whether they reflect. */

const keptMeasured = keptLately<readonly MeasuredOutput[]>('measured outputs', 16);
const keptReflection = keptLately<readonly RunReflection[]>('reflection', 64);

interface MeasuredOutput extends Omit<Measured, 'groups' | 'size'> {
  ordinal: number;
  length: number;
  tokens: number | null;
}

/** Lengths of the outputs of runs over the same samples, in all and by the values of a tag. @throws Problem */
export async function outputLengths(
  ids: readonly string[],
  tag: string,
  visitor: Visitor,
): Promise<readonly RunLengths[]> {
  const runs = await comparedRuns(ids, visitor.principal);
  const packed = await groupsOf(runs[0]);
  const values = packed.tags[tag]?.values ?? [];
  const tags = unpackSamples(packed).map((sample) => [sample.tags[tag] ?? []].flat());
  return Promise.all(
    runs.map(async (of): Promise<RunLengths> => {
      const outputs = await measured(of, packed.count, visitor);
      const inTokens = outputs.every(({ tokens }) => tokens !== null);
      return {
        id: of.id,
        unit: inTokens ? 'tokens' : 'characters',
        lengths: lengthsOf(
          outputs.map(({ ordinal, length, tokens, right, truncated }) => ({
            ...{ right, truncated, groups: tags[ordinal] ?? [] },
            size: inTokens ? (tokens ?? 0) : length,
          })),
          values,
        ),
      };
    }),
  );
}

function measured(of: ScoredRun, count: number, visitor: Visitor): Promise<readonly MeasuredOutput[]> {
  return keptMeasured(`${of.id} ${of.scorer}`, async () => {
    await mayLook(visitor);
    const outcomes = await packedOutcomes(of);
    const found: MeasuredOutput[] = [];
    for await (const { ordinal, output, length, tokens } of outputsOf(of, count))
      found.push({
        ...{ ordinal, length, tokens, right: outcomes[ordinal] === CORRECT },
        truncated: output.length === length && sections(output).at(-1)?.closed === false,
      });
    return found;
  });
}

/** How a right outcome is packed. */
const CORRECT = '0';

/** Samples that are named, so that they can be read. */
const MOST_EXAMPLES = 3;

/**
 * How many outputs of each run have a phrase of each category, and how many of those are right.
 * @param phrases by the category's id @throws Problem
 */
export async function reflection(
  ids: readonly string[],
  phrases: Readonly<Record<string, readonly string[]>>,
  visitor: Visitor,
): Promise<readonly RunReflection[]> {
  const runs = await comparedRuns(ids, visitor.principal);
  const key = JSON.stringify([runs.map(({ id, scorer }) => [id, scorer]), phrases]);
  return keptReflection(key, async () => {
    // Everybody's pages have the published list: nobody uses up their share by reading them.
    if (!isPublished(phrases)) await mayLook(visitor);
    const { count } = await groupsOf(runs[0]);
    return Promise.all(runs.map((of) => reflectionOf(of, count, phrases)));
  });
}

const isPublished = (phrases: Readonly<Record<string, readonly string[]>>): boolean =>
  JSON.stringify(phrases) ===
  JSON.stringify(Object.fromEntries(REFLECTION.map((each) => [each.id, each.phrases])));

async function reflectionOf(
  of: ScoredRun,
  count: number,
  phrases: Readonly<Record<string, readonly string[]>>,
): Promise<RunReflection> {
  const outcomes = await packedOutcomes(of);
  const patterns = Object.entries(phrases).flatMap(([category, own]) => {
    const pattern = patternOf(own);
    return pattern === null ? [] : [{ category, pattern }];
  });
  const found = { outputs: 0, correct: 0, reflecting: 0, reflectingCorrect: 0 };
  const by: Record<string, number> = {};
  const examples: string[] = [];
  for await (const { ordinal, sampleId, output } of outputsOf(of, count)) {
    const right = Number(outcomes[ordinal] === CORRECT);
    const categories = patterns.filter(({ pattern }) => output.search(pattern) !== -1);
    found.outputs += 1;
    found.correct += right;
    for (const { category } of categories) by[category] = (by[category] ?? 0) + 1;
    if (categories.length === 0) continue;
    found.reflecting += 1;
    found.reflectingCorrect += right;
    if (examples.length < MOST_EXAMPLES) examples.push(sampleId);
  }
  return { id: of.id, ...found, by, examples };
}
