import type { Random } from './random';
import { COLOURS, MATERIALS, type SolidScene, type Thing } from './scene';
import { isHeldOut } from './solid-scenes';

/**
 * The same scene in other colours and materials. All things keep their places, so what is seen of each stays, and a scene
 * that a question suits is found without looking anew. One colour and one material are common, at times to nearly all
 * things: without that, high counts would be rare.
 */
export function repainted(scene: SolidScene, random: Random): SolidScene {
  const colour = random.pick(COLOURS);
  const material = random.pick(MATERIALS);
  const [ofColour, ofMaterial] = [random.range(0, 0.95), random.range(0, 0.95)];
  const paint = (thing: Thing): Thing => {
    for (;;) {
      const look = {
        shape: thing.shape,
        colour: random.chance(ofColour) ? colour : random.pick(COLOURS),
        material: random.chance(ofMaterial) ? material : random.pick(MATERIALS),
      };
      // A combination that only test-hard may show stays one, and a common one common.
      if (isHeldOut(look) === isHeldOut(thing)) return { ...thing, ...look };
    }
  };
  return { ...scene, things: scene.things.map(paint) };
}
