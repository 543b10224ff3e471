import { fail, must, mustSay, stemOf, type Truth } from './must';
import type { Filter, Query, Question, Side } from './question';
import type { SolidScene, Thing } from './scene';
import { type Sighting, sight } from './sight';

const WORDS = new Set(
  'small large gray red blue green brown purple cyan yellow rubber metal cube sphere cylinder car bus aeroplane bicycle motorbike'.split(
    ' ',
  ),
);
const OPPOSITE: Readonly<Record<Side, Side>> = {
  left: 'right',
  right: 'left',
  front: 'behind',
  behind: 'front',
};
const RANKS = [/$/, /second/, /third/];

const lookOf = (thing: Thing): string[] => [thing.size, thing.colour, thing.material, thing.shape];
const sayingOf = (filter: Filter): string[] => Object.values(filter).map(String);

/** The attributes that a text names, plurals as singulars, in order and once each. */
const namedIn = (text: string): string =>
  [
    ...new Set(
      (text.toLowerCase().match(/[a-z]+/g) ?? []).map((w) =>
        WORDS.has(w) ? w : w.replace(/(?<=bus)es$|s$/, ''),
      ),
    ),
  ]
    .filter((word) => WORDS.has(word))
    .sort()
    .join(' ');

/** Answers about solids, from the scene and what is seen of it. */
export class SolidCheck {
  private readonly sighting: Sighting;

  constructor(
    private readonly scene: SolidScene,
    private readonly question: Question,
    private readonly size: number,
  ) {
    this.sighting = sight(scene, size);
    this.sighting.pixels.forEach((pixels, i) => {
      must(pixels >= 15, `thing ${i} shows only ${pixels} pixels`);
    });
  }

  /** The question names the attributes of these descriptions and no others. */
  private names(...filters: readonly Filter[]): void {
    const said = namedIn(stemOf(this.question));
    const asked = namedIn(filters.flatMap(sayingOf).join(' '));
    must(said === asked, `the question names "${said}", but asks of "${asked}"`);
  }

  private all(filter: Filter): number[] {
    const wanted = sayingOf(filter);
    return this.scene.things
      .map(lookOf)
      .flatMap((look, i) => (wanted.every((word) => look.includes(word)) ? [i] : []));
  }

  private one(filter: Filter): number {
    const fitting = this.all(filter);
    must(fitting.length === 1, `${fitting.length} things are "${sayingOf(filter).join(' ')}"`);
    return fitting[0] ?? -1;
  }

  private thing(i: number): Thing {
    return this.scene.things[i] ?? fail(`there is no thing ${i}`);
  }

  private box(i: number): readonly [number, number, number, number] {
    return this.sighting.boxes[i] ?? fail(`thing ${i} has no box`);
  }

  /** From the camera to where a thing stands. */
  private away(i: number): number {
    const { camera } = this.scene;
    const { x, y } = this.thing(i);
    return Math.hypot(x - camera.x, y - camera.y, camera.z);
  }

  private apart(i: number, j: number): number {
    return Math.hypot(this.thing(i).x - this.thing(j).x, this.thing(i).y - this.thing(j).y);
  }

  /** Whether a thing is on a side of another, which must be plain to see. */
  private isBeside(i: number, j: number, side: Side): boolean {
    if (side === 'right' || side === 'behind') return this.isBeside(i, j, OPPOSITE[side]) === false;
    if (side === 'left') {
      const middle = (k: number): number => (this.box(k)[0] + this.box(k)[2]) / (2 * this.size);
      const [seen, ground] = [middle(j) - middle(i), this.thing(j).x - this.thing(i).x];
      must(
        Math.abs(seen) > 0.015 && Math.sign(seen) === Math.sign(ground),
        `which of ${i} and ${j} is farther left is doubtful`,
      );
      return seen > 0;
    }
    // Along the camera's axis, which leans down: only its part on the ground tells things that stand there apart.
    const nearer = (this.thing(j).y - this.thing(i).y) * Math.cos(this.scene.camera.pitch);
    must(Math.abs(nearer) > 0.3, `which of ${i} and ${j} is nearer is doubtful`);
    return nearer > 0;
  }

  private allBeside(filter: Filter, side: Side, anchor: number): number[] {
    return this.all(filter).filter((i) => i !== anchor && this.isBeside(i, anchor, side));
  }

  /** The letter of the things' nearest or farthest, which must be so clearly. */
  private extreme(among: readonly Filter[], far: boolean, distance: (i: number) => number): string {
    const { options } = this.question;
    among.forEach((filter, i) => {
      must(
        namedIn(options?.[i] ?? '') === namedIn(sayingOf(filter).join(' ')),
        `choice ${i} is not what is asked of`,
      );
    });
    must(options?.length === among.length, 'there are more or fewer choices than things');
    must(
      far === /farther|farthest/.test(stemOf(this.question)) &&
        far !== /closer|closest/.test(stemOf(this.question)),
      'near and far are exchanged',
    );
    const order = among
      .map((filter, i) => ({ i, d: distance(this.one(filter)) * (far ? -1 : 1) }))
      .sort((a, b) => a.d - b.d);
    const [first, second] = order;
    if (!first || !second) return fail('there is nothing to choose');
    must(second.d - first.d > 0.4, 'the nearest or farthest is not clear');
    return `(${'ABCDEF'[first.i]})`;
  }

  answer(query: Query): Truth {
    switch (query.ask) {
      case 'count':
        this.names(query.of);
        return this.all(query.of).length;
      case 'count-either': {
        this.names(query.of, query.or);
        const [first, second] = [this.all(query.of), this.all(query.or)];
        must(!first.some((i) => second.includes(i)), 'a thing is of both kinds');
        return new Set([...first, ...second]).size;
      }
      case 'count-beside':
      case 'exists-beside':
      case 'box-beside': {
        this.names(query.of, query.anchor);
        mustSay(this.question, query.side);
        const beside = this.allBeside(query.of, query.side, this.one(query.anchor));
        if (query.ask === 'count-beside') return beside.length;
        if (query.ask === 'exists-beside') return beside.length > 0 ? 'yes' : 'no';
        must(beside.length === 1, `${beside.length} things are meant`);
        return this.box(beside[0] ?? -1);
      }
      case 'count-same': {
        this.names(query.anchor);
        mustSay(this.question, query.attribute === 'colour' ? 'color' : query.attribute);
        const own = this.thing(this.one(query.anchor))[query.attribute];
        must(!sayingOf(query.anchor).includes(own), 'the name gives the attribute away');
        return this.scene.things.filter((thing) => lookOf(thing).includes(own)).length - 1;
      }
      case 'count-more':
        this.names(query.of, query.than);
        return this.all(query.of).length - this.all(query.than).length;
      case 'more':
        this.names(query.of, query.than);
        return this.all(query.of).length > this.all(query.than).length ? 'yes' : 'no';
      case 'exists':
        this.names(query.of);
        return this.all(query.of).length > 0 ? 'yes' : 'no';
      case 'same': {
        this.names(query.one, query.other);
        mustSay(this.question, query.attribute === 'colour' ? 'color' : query.attribute);
        const own = [query.one, query.other].map((filter) => this.thing(this.one(filter))[query.attribute]);
        must(this.one(query.one) !== this.one(query.other), 'a thing is compared with itself');
        return new Set(own).size === 1 ? 'yes' : 'no';
      }
      case 'side': {
        this.names(query.of, query.anchor);
        const [of, anchor] = [this.one(query.of), this.one(query.anchor)];
        const right = query.choices.flatMap((sides, i) =>
          sides.every((side) => this.isBeside(of, anchor, side)) ? [i] : [],
        );
        must(right.length === 1, `${right.length} choices are right`);
        query.choices.forEach((sides, i) => {
          for (const side of sides)
            must(this.question.options?.[i]?.includes(side) === true, `choice ${i} does not say ${side}`);
        });
        return `(${'ABCDEF'[right[0] ?? -1]})`;
      }
      case 'closest-to-camera':
        this.names();
        return this.extreme(query.among, query.farthest, (i) => this.away(i));
      case 'closest-to': {
        this.names(query.anchor);
        const anchor = this.one(query.anchor);
        return this.extreme(query.among, query.farthest, (i) => this.apart(i, anchor));
      }
      case 'box':
        this.names(query.of);
        return this.box(this.one(query.of));
      case 'box-extreme': {
        this.names(query.of);
        const { left, right, front, behind } = {
          left: /left/,
          right: /right/,
          front: /closest to the camera/,
          behind: /farthest from the camera/,
        };
        must(
          { left, right, front, behind }[query.towards].test(stemOf(this.question)),
          'the question names another side',
        );
        must(RANKS[query.rank]?.test(stemOf(this.question)) === true, 'the question names another rank');
        const some = this.all(query.of);
        // The thing that has as many before it as the rank says.
        const found = some.filter(
          (i) => some.filter((j) => j !== i && this.before(j, i, query.towards)).length === query.rank,
        );
        must(found.length === 1, `${found.length} things are meant`);
        const [meant = -1] = found;
        for (const other of some)
          if (other !== meant && query.towards !== 'front' && query.towards !== 'behind')
            this.isBeside(other, meant, query.towards);
        return this.box(meant);
      }
      default:
        return fail(`"${query.ask}" is nothing to ask of solids`);
    }
  }

  private before(i: number, j: number, side: Side): boolean {
    switch (side) {
      case 'left':
        return this.box(i)[0] + this.box(i)[2] < this.box(j)[0] + this.box(j)[2];
      case 'right':
        return this.box(i)[0] + this.box(i)[2] > this.box(j)[0] + this.box(j)[2];
      case 'front':
        return this.away(i) < this.away(j);
      case 'behind':
        return this.away(i) > this.away(j);
    }
  }
}
