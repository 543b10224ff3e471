import { countingPlan } from './counting';
import { existencePlan } from './existence';
import type { AskedScene, Question, Task } from './question';
import { Random } from './random';
import { referringPlan } from './referring';
import { repainted } from './repaint';
import { type SolidScene, splitOf } from './scene';
import { factsOf, type Plan } from './solid-facts';
import { type CountRange, sightedScene, thingsOf } from './solid-scenes';
import { depthPlan, distancePlan, relationPlan } from './spatial';
import { worded } from './wording';

/** Questions on scenes of solids. Kind and answer are drawn first; then a scene is sought that has such a question. */

export type SolidTask = Extract<
  Task,
  'counting' | 'existence' | 'relation' | 'depth' | 'distance' | 'referring'
>;

const PLANS: Readonly<Record<SolidTask, (random: Random, hard: boolean) => Plan>> = {
  counting: countingPlan,
  existence: existencePlan,
  relation: relationPlan,
  depth: depthPlan,
  distance: distancePlan,
  referring: referringPlan,
};

export const isSolidTask = (task: Task): task is SolidTask => task in PLANS;

/** How often a scene is asked before another is made, and how often before it is painted anew. */
const TRIES = 120;
const TRIES_A_COAT = 4;

/** A question on a scene that is there; null where none is found in a few tries. Its answer may be a likely one. */
export function furtherQuestion(
  task: SolidTask,
  scene: SolidScene,
  random: Random,
  size: number,
): Question | null {
  for (let t = 0; t < 8; t++) {
    const plan = PLANS[task](random, splitOf(scene.seed) === 'test-hard');
    const [least, most] = plan.things;
    if (scene.things.length < least || scene.things.length > most) continue;
    const facts = factsOf(scene, random, size);
    for (let u = 0; u < 8; u++) {
      const draft = plan.draft(facts);
      if (draft) return worded(task, random, draft);
    }
  }
  return null;
}

/** A scene and a question on it, from one seed; boxes are for a picture of `size` pixels. */
export function solidQuestion(task: SolidTask, seed: number, size: number): AskedScene<SolidScene> {
  const random = new Random(seed, `ask/${task}`);
  const split = splitOf(seed);
  const plan = PLANS[task](random, split === 'test-hard');
  const [least, most] = plan.things;
  const within = ([low, high]: CountRange): CountRange => [Math.max(low, least), Math.min(high, most)];
  const kind = random.pick(
    (['tabletop', 'vehicles'] as const).filter((kind) => {
      const [low, high] = within(thingsOf(kind, split));
      return low <= high;
    }),
  );
  for (let nth = 0; ; nth++) {
    const { scene } = sightedScene(kind, seed, { things: within(thingsOf(kind, split)), nth });
    let facts = factsOf(scene, random, size);
    for (let t = 0; t < TRIES; t++) {
      if (plan.paint && t > 0 && t % TRIES_A_COAT === 0) {
        const painted = repainted(scene, random);
        facts = { ...facts, scene: painted, things: painted.things };
      }
      const draft = plan.draft(facts);
      if (draft) return { scene: facts.scene, question: worded(task, random, draft) };
    }
  }
}
