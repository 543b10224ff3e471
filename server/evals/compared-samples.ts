import { and, eq, inArray } from 'drizzle-orm';
import { type Behaviour, behaviourOf, type RunTraits, traitsOf } from '@/lib/compare/behaviour';
import { listedPlaces, patternAt } from '@/lib/compare/listed-samples';
import type { Principal } from '../auth';
import { getDb, sample, verdict } from '../db';
import { giveWay } from '../give-way';
import { keptLately } from '../kept';
import { Problem } from '../problem';
import { groupsOf, packedOutcomes } from './outcomes';
import { mayLook, outputsOf } from './outputs';
import { ofRun, ordinalsLeft, type ScoredRun, scoredRuns, shortened, type Visitor } from './samples';
import type { ComparedBehaviour, ComparedRow } from './types';

/** @throws Problem where one is not to be seen, or not all are over the same samples */
export async function comparedRuns(
  ids: readonly string[],
  principal: Principal,
): Promise<readonly [ScoredRun, ...ScoredRun[]]> {
  const found = await scoredRuns(ids, principal);
  const runs = found.flatMap((of, i) => {
    if (of === null) throw new Problem('not-found', `There is no run "${ids[i]}" with verdicts here.`);
    return [of];
  });
  const [first, ...others] = runs;
  if (first === undefined) throw new Problem('refused', 'Name the runs that are compared.');
  if (others.some(({ dataId }) => dataId !== first.dataId))
    throw new Problem('refused', 'These runs are not over the same samples.');
  return [first, ...others];
}

/** Some of their samples by their places in the data, in the order asked for, with what each run says of them. @throws Problem */
export async function comparedRows(
  ids: readonly string[],
  principal: Principal,
  places: readonly number[],
): Promise<readonly ComparedRow[]> {
  const runs = await comparedRuns(ids, principal);
  const db = await getDb();
  const [{ dataId }] = runs;
  const [samples, ...verdicts] = await Promise.all([
    db
      .select({
        sampleId: sample.sampleId,
        ordinal: sample.ordinal,
        question: sample.question,
        gold: sample.gold,
      })
      .from(sample)
      .where(and(eq(sample.dataId, dataId), inArray(sample.ordinal, [...places]))),
    ...runs.map((of) =>
      db
        .select({ ordinal: verdict.ordinal, outcome: verdict.outcome, answer: verdict.answer })
        .from(verdict)
        .where(and(ofRun(of), inArray(verdict.ordinal, [...places]))),
    ),
  ]);
  const sides = verdicts.map(
    (rows) =>
      new Map(
        rows.map(({ ordinal, outcome, answer }): [number, ComparedRow['sides'][number]] => [
          ordinal,
          { outcome, answer: answer === null ? null : shortened(answer) },
        ]),
      ),
  );
  const byOrdinal = new Map(samples.map((each) => [each.ordinal, each]));
  return places.flatMap((ordinal) => {
    const known = byOrdinal.get(ordinal);
    return known === undefined
      ? []
      : [
          {
            ...known,
            question: shortened(known.question),
            sides: sides.map((each) => each.get(ordinal) ?? { outcome: 'missing', answer: null }),
          },
        ];
  });
}

/** Where a text stands in the question, or in an output or answer of any of the runs: a sign a sample, 1 or 0. @throws Problem */
export async function comparedContaining(
  ids: readonly string[],
  visitor: Visitor,
  text: string,
): Promise<string> {
  const runs = await comparedRuns(ids, visitor.principal);
  const signs = new Uint8Array((await groupsOf(runs[0])).count);
  for (const of of runs) for (const ordinal of await ordinalsLeft(of, { text }, visitor)) signs[ordinal] = 1;
  return signs.join('');
}

/* ---------------------------------------------------------------- how they answer */

const keptTraits = keptLately<RunTraits>('output traits', 16);
const keptBehaviour = keptLately<readonly ComparedBehaviour[]>('behaviour', 64);

/** How runs answer, in all and by what became of the samples since the baseline. @throws Problem */
export async function comparedBehaviour(
  ids: readonly string[],
  principal: Principal,
  baseline: number,
  address: string,
): Promise<readonly ComparedBehaviour[]> {
  await mayLook({ principal, address });
  const runs = await comparedRuns(ids, principal);
  const key = JSON.stringify([runs.map(({ id, scorer }) => [id, scorer]), baseline]);
  return keptBehaviour(key, () => behaviours(runs, baseline));
}

async function behaviours(
  runs: readonly [ScoredRun, ...ScoredRun[]],
  baseline: number,
): Promise<readonly ComparedBehaviour[]> {
  const groups = await groupsOf(runs[0]);
  const outcomes: string[] = [];
  const traits: RunTraits[] = [];
  for (const of of runs) {
    outcomes.push(await packedOutcomes(of));
    traits.push(await traitsOfRun(of, groups.count));
  }
  const before = traits[baseline];
  if (before === undefined) throw new Problem('refused', `There is no run ${baseline} among these.`);
  const found: ComparedBehaviour[] = [];
  for (const [place, own] of traits.entries()) {
    const of = async (right: string): Promise<Behaviour> => {
      await giveWay();
      const places = listedPlaces(groups, outcomes, { right }, 'data');
      return behaviourOf(own, place === baseline ? null : before, places);
    };
    const since = (was: boolean, is: boolean) => of(patternAt(runs.length, { [baseline]: was, [place]: is }));
    found.push({
      all: await of(''),
      since:
        place === baseline
          ? null
          : {
              broken: await since(true, false),
              fixed: await since(false, true),
              bothRight: await since(true, true),
              bothWrong: await since(false, false),
            },
    });
  }
  return found;
}

function traitsOfRun(of: ScoredRun, count: number): Promise<RunTraits> {
  return keptTraits(`${of.id} ${of.scorer}`, async () => {
    const traits = new Array<RunTraits[number]>(count).fill(null);
    for await (const { ordinal, output, length, answer } of outputsOf(of, count))
      traits[ordinal] = { answer, ...traitsOf(output, length) };
    return traits;
  });
}
