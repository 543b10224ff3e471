import type { Drawing, Point, Text } from './drawing';
import type { Asked, Filter, Query, Question, Side } from './question';
import type { Diagram, Scene, SolidScene, Thing } from './scene';
import { type Sighting, sight } from './sight';

/**
 * Works out every answer again, by other ways than the question makers: from the scene and the query in symbols alone,
 * with charts, tables and texts read off the marks that are drawn, figures measured on the sheet, and things compared by
 * what is seen of them. Nothing that decides here is shared with the makers.
 */

class Fault extends Error {}
const fail = (sentence: string): never => {
  throw new Fault(sentence);
};
const must = (holds: boolean, sentence: string): void => {
  if (!holds) fail(sentence);
};

/** What is wrong with a question on a scene, in a sentence; null where nothing is. Boxes are for a picture of `size` pixels. */
export function fault({ scene, question }: Asked, size: number): string | null {
  try {
    checkForm(question);
    const truth = answerOf(scene, question, size);
    const { answer } = question;
    if (answer.kind === 'box')
      must(String(truth) === String(answer.box), `the box is ${truth}, not ${answer.box}`);
    else must(String(truth) === answer.forms[0], `the answer is ${truth}, not ${answer.forms[0]}`);
    return null;
  } catch (error) {
    if (error instanceof Fault)
      return `${error.message} [${question.kind}, seed ${scene.seed}: ${question.text}]`;
    throw error;
  }
}

/** The question without its choices. */
const stemOf = ({ text }: Question): string => text.split('\n')[0] ?? '';

// --- form ------------------------------------------------------------------------------------------------------

function checkForm(question: Question): void {
  const { text, steps, answer, options } = question;
  must(!/[{}]|undefined|null|NaN| {2}/.test(text + steps.join(' ')), 'something was not filled in');
  must(/^[A-Z∠"]/.test(text), 'the question does not begin with a capital');
  const last = steps.at(-1) ?? '';
  must(
    last.includes(answer.kind === 'box' ? answer.box.join(', ') : answer.forms[0]),
    'the last step does not end in the answer',
  );
  for (const step of steps) checkSums(step);
  if (answer.kind === 'words') {
    must(
      answer.forms.every((form) => form.trim() !== ''),
      'a form of the answer is blank',
    );
    must(new Set(answer.forms).size === answer.forms.length, 'a form of the answer stands twice');
  }
  if (!options) return;
  must(new Set(options).size === options.length, 'two choices are the same');
  must(
    text.endsWith(
      ` Select from the following choices.${options.map((o, i) => `\n(${'ABCDEF'[i]}) ${o}`).join('')}`,
    ),
    'the choices do not stand after the question',
  );
  if (answer.kind === 'box') return;
  const right = 'ABCDEF'.indexOf(answer.forms[0].charAt(1));
  const formsOf = (i: number): string[] =>
    [options[i] ?? '', 'ABCDEF'[i] ?? ''].flatMap((form) => [form, `(${form})`, `${form}.`, `the ${form}`]);
  const wrong = new Set(options.flatMap((_, i) => (i === right ? [] : formsOf(i))));
  for (const form of answer.forms) must(!wrong.has(form), `"${form}" is also a form of a wrong choice`);
  must(answer.forms.includes(options[right] ?? ''), 'the right choice is no form of the answer');
}

/** Every "… = number" of a step whose left side is a calculation. */
function checkSums(step: string): void {
  for (const [, left = '', right = ''] of step.matchAll(
    /(?<![\w²°.])([\d(][\d.\s()+*/-]*[+*/-][\d.\s()+*/-]*[\d)]) = (\d+(?:\.\d+)?)(?![\d²])/g,
  )) {
    const value = calculate(left);
    must(Math.abs(value - Number(right)) < 1e-9, `${left} is ${value}, not ${right}`);
  }
}

function calculate(text: string): number {
  const tokens = text.match(/\d+(?:\.\d+)?|[()+*/-]/g) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (token !== '(') return Number(token);
    const inner = sum();
    at++;
    return inner;
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === '*' || tokens[at] === '/')
      value = tokens[at++] === '*' ? value * factor() : value / factor();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-')
      value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  return sum();
}

/** The question must name each of these. */
function mustSay(question: Question, ...parts: readonly (string | number)[]): void {
  for (const part of parts)
    must(stemOf(question).includes(String(part)), `the question does not say "${part}"`);
}

// --- answers ---------------------------------------------------------------------------------------------------

type Truth = string | number | readonly number[];

function answerOf(scene: Scene, question: Question, size: number): Truth {
  switch (scene.kind) {
    case 'tabletop':
    case 'vehicles':
      return new SolidCheck(scene, question, size).answer(question.query);
    case 'diagram':
      return measured(scene, question);
    case 'chart':
      return charted(readBars(scene.drawing), question);
    case 'table':
      return tabulated(readTable(scene.drawing), question);
    case 'text':
      return readOut(textsOf(scene.drawing), question);
  }
}

// --- solids ----------------------------------------------------------------------------------------------------

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

class SolidCheck {
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

// --- diagrams --------------------------------------------------------------------------------------------------

/** Measures the figure on the sheet, where what is given sets the scale. */
function measured({ drawing, points }: Diagram, question: Question): number {
  const at = (name: string): Point => points[name] ?? fail(`there is no point ${name}`);
  const far = (p: string, q: string): number => Math.hypot(at(p)[0] - at(q)[0], at(p)[1] - at(q)[1]);
  const angle = (p: string, q: string, r: string): number => {
    const cosine = (far(p, q) ** 2 + far(q, r) ** 2 - far(p, r) ** 2) / (2 * far(p, q) * far(q, r));
    return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
  };
  const lines = drawing.marks.flatMap((mark) =>
    mark.kind === 'line' && mark.points.length === 2 ? [mark.points] : [],
  );
  const off = ([x, y]: Point, [a, b]: readonly Point[]): number => {
    if (!a || !b) return Number.POSITIVE_INFINITY;
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const t = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy);
  };
  const mustBeDrawn = (p: string, q: string): void =>
    must(
      lines.some((line) => off(at(p), line) < 0.1 && off(at(q), line) < 0.1),
      `${p}${q} is not drawn`,
    );
  const letters = new Set(textsOf(drawing).map((mark) => mark.text));
  for (const name of Object.keys(points))
    must(letters.has(name) || !question.text.includes(name), `${name} has no letter`);

  const said = `${question.text} ${question.steps[0]}`
    .replaceAll('angle ', '∠')
    .replaceAll('the measure of ', '');
  const close = (is: number, should: number): boolean => Math.abs(is - should) < 0.05;
  let scale: number | null = null;
  for (const [, p = '', q = '', r = '', value] of said.matchAll(/∠([A-Z])([A-Z])([A-Z]) = (\d+)°/g)) {
    must(close(angle(p, q, r), Number(value)), `∠${p}${q}${r} is drawn as ${angle(p, q, r)}°, not ${value}°`);
    mustBeDrawn(p, q);
    mustBeDrawn(q, r);
  }
  for (const [, p = '', q = '', value] of said.matchAll(/(?<![A-Z∠])([A-Z])([A-Z]) = (\d+)(?![\d°²])/g)) {
    const own = far(p, q) / Number(value);
    scale ??= own;
    must(close((100 * own) / scale, 100), `${p}${q} = ${value} is not true to scale`);
    mustBeDrawn(p, q);
  }
  // A number that stands in the picture only must not be one that a part could have.
  const shown = (question.steps[0] ?? '').startsWith('The figure shows') ? (question.steps[0] ?? '') : '';
  for (const [, p = '', q = ''] of shown.matchAll(/(?<![A-Z∠])([A-Z])([A-Z]) = \d/g))
    for (const line of lines) {
      const named = Object.values(points).filter((point) => line.some((end) => end === point));
      const cut = named.length === 2 && crosses(at(p), at(q), line);
      must(!cut, `${p}${q} is divided, and its length stands in the picture only`);
    }
  const direction = (p: string, q: string): number => Math.atan2(at(q)[1] - at(p)[1], at(q)[0] - at(p)[0]);
  const turn = (line: string, other: string): number =>
    Math.abs(
      Math.sin(direction(line.charAt(0), line.charAt(1)) - direction(other.charAt(0), other.charAt(1))),
    );
  for (const [, one = '', other = ''] of said.matchAll(/([A-Z]{2}) is parallel to ([A-Z]{2})/g))
    must(turn(one, other) < 1e-3, `${one} is not parallel to ${other}`);
  for (const [, one = '', other = ''] of said.matchAll(/([A-Z]{2}) is perpendicular to ([A-Z]{2})/g))
    must(turn(one, other) > 1 - 1e-6, `${one} is not perpendicular to ${other}`);
  for (const [, one = '', touch = ''] of said.matchAll(
    /([A-Z]{2}) is tangent to (?:circle O|it) at ([A-Z])/g,
  ))
    must(turn(one, `O${touch}`) > 1 - 1e-6, `${one} is not tangent at ${touch}`);
  for (const [, p = '', q = '', r = '', s = ''] of question.text.matchAll(
    /(?<![A-Z∠])([A-Z])([A-Z]) = ([A-Z])([A-Z])(?=[ .,])/g,
  ))
    must(close((100 * far(p, q)) / far(r, s), 100), `${p}${q} and ${r}${s} are not equal`);

  const { query } = question;
  if (query.ask === 'angle') {
    const [p, q, r] = query.at;
    mustSay(question, query.at.join(''));
    mustBeDrawn(p, q);
    mustBeDrawn(q, r);
    return whole(angle(p, q, r));
  }
  const unit = scale ?? fail('nothing sets the scale');
  if (query.ask === 'length') {
    mustSay(question, query.ends.join(''));
    mustBeDrawn(...query.ends);
    return whole(far(...query.ends) / unit);
  }
  if (query.ask !== 'area') return fail(`"${query.ask}" is nothing to ask of a figure`);
  mustSay(question, query.ring.join(''));
  // By triangles from the first corner, each from its sides alone.
  const [first = '', ...others] = query.ring;
  const total = others.slice(1).reduce((sum, corner, i) => {
    const [a, b, c] = [far(first, others[i] ?? ''), far(others[i] ?? '', corner), far(corner, first)];
    const half = (a + b + c) / 2;
    return sum + Math.sqrt(Math.max(0, half * (half - a) * (half - b) * (half - c)));
  }, 0);
  return whole(total / unit ** 2);
}

/** Whether a line meets the inside of the way from one point to another, anywhere but at its ends. */
function crosses(a: Point, b: Point, [c, d]: readonly Point[]): boolean {
  if (!c || !d) return false;
  const [ux, uy, vx, vy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const det = ux * vy - uy * vx;
  if (Math.abs(det) < 1e-6) return false;
  const t = ((c[0] - a[0]) * vy - (c[1] - a[1]) * vx) / det;
  const s = ((c[0] - a[0]) * uy - (c[1] - a[1]) * ux) / det;
  return t > 0.01 && t < 0.99 && s > -0.01 && s < 1.01;
}

/** The whole number that a measure comes to, where it comes to one. */
function whole(value: number): number {
  must(Math.abs(value - Math.round(value)) < 0.02, `${value} is measured, which is no whole number`);
  return Math.round(value);
}

// --- charts, tables, texts -------------------------------------------------------------------------------------

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);
const textsOf = ({ marks }: Drawing): Text[] => marks.filter((mark) => mark.kind === 'text');
const isNumber = ({ text }: Text): boolean => /^\d+$/.test(text);

/** Values by name: how long each bar is, in the unit by which the axis is numbered. */
function readBars(drawing: Drawing): Map<string, number> {
  const bars = drawing.marks.flatMap((mark) => {
    if (mark.kind !== 'area' || mark.means === undefined) return [];
    const [xs, ys] = [mark.points.map(([x]) => x), mark.points.map(([, y]) => y)];
    return [
      {
        name: mark.means,
        x: [Math.min(...xs), Math.max(...xs)] as const,
        y: [Math.min(...ys), Math.max(...ys)] as const,
      },
    ];
  });
  const lying = new Set(bars.map(({ x }) => x[0])).size === 1;
  const [along, across] = lying ? ([0, 1] as const) : ([1, 0] as const);
  const numbers = textsOf(drawing).filter(isNumber);
  const zero = numbers.find(({ text }) => text === '0') ?? fail('the axis has no 0');
  const axis = numbers.filter((mark) => mark.at[across] === zero.at[across] && mark.anchor === zero.anchor);
  const top = axis.reduce((most, mark) => (Number(mark.text) > Number(most.text) ? mark : most));
  const perUnit = Math.abs(top.at[along] - zero.at[along]) / Number(top.text);
  for (const mark of axis)
    must(
      Math.abs(Math.abs(mark.at[along] - zero.at[along]) - perUnit * Number(mark.text)) < 1e-6,
      'the axis is uneven',
    );
  const values = new Map<string, number>();
  for (const { name, x, y } of bars) {
    const [low, high] = lying ? x : y;
    const value = whole((high - low) / perUnit);
    const middle = lying ? (y[0] + y[1]) / 2 : (x[0] + x[1]) / 2;
    const beside = (mark: Text): boolean => Math.abs(mark.at[across] - middle) < 2.5;
    must(
      textsOf(drawing).some((mark) => mark.text === name && beside(mark)),
      `the bar of ${name} has not its name beside it`,
    );
    for (const mark of numbers)
      if (!axis.includes(mark) && beside(mark))
        must(Number(mark.text) === value, `${mark.text} stands at the bar of ${value}`);
    values.set(name, value);
  }
  must(values.size === bars.length, 'two bars have the same name');
  return values;
}

function charted(values: ReadonlyMap<string, number>, question: Question): Truth {
  const { query } = question;
  const of = (name: string): number => {
    mustSay(question, name);
    return values.get(name) ?? fail(`there is no bar of ${name}`);
  };
  const all = [...values.values()];
  switch (query.ask) {
    case 'category': {
      const small = /smallest|lowest|shortest/.test(stemOf(question));
      must(
        small === (query.towards === 'smallest') &&
          small !== /largest|highest|greatest|longest/.test(stemOf(question)),
        'large and small are exchanged',
      );
      must((query.rank === 1) === stemOf(question).includes('second'), 'the question names another rank');
      // It has as many before it as the rank says, and none is its equal.
      const found = [...values].filter(
        ([, value]) =>
          all.filter((other) => (small ? other < value : other > value)).length === query.rank &&
          all.filter((other) => other === value).length === 1,
      );
      return found.length === 1 ? (found[0]?.[0] ?? '') : fail(`${found.length} bars are meant`);
    }
    case 'value':
      return of(query.of);
    case 'difference':
      must(of(query.of) > of(query.and), 'the difference is not above 0');
      return of(query.of) - of(query.and);
    case 'range':
      return Math.max(...all) - Math.min(...all);
    case 'sum':
      must(new Set(query.of).size === query.of.length, 'a bar is added twice');
      return total(query.of.map(of));
    case 'above':
      mustSay(question, query.limit);
      must(!all.includes(query.limit), 'a bar ends on the line');
      return all.filter((value) => value > query.limit).length;
    default:
      return fail(`"${query.ask}" is nothing to ask of a chart`);
  }
}

/** Rows from the top, each from the left. */
function linesOf(texts: readonly Text[]): string[][] {
  const heights = [...new Set(texts.map((mark) => mark.at[1]))].sort((a, b) => a - b);
  return heights.map((y) =>
    texts
      .filter((mark) => mark.at[1] === y)
      .sort((a, b) => a.at[0] - b.at[0])
      .map((mark) => mark.text),
  );
}

interface Cells {
  columns: readonly string[];
  rows: ReadonlyMap<string, readonly number[]>;
}

function readTable(drawing: Drawing): Cells {
  const [columns = [], ...rows] = linesOf(textsOf(drawing));
  for (const row of rows) must(row.length === columns.length + 1, 'a row is too short or too long');
  const byName = new Map(rows.map(([name = '', ...cells]) => [name, cells.map(Number)]));
  must(byName.size === rows.length, 'two rows have the same name');
  return { columns, rows: byName };
}

function tabulated({ columns, rows }: Cells, question: Question): Truth {
  const { query } = question;
  if (!('column' in query)) return fail(`"${query.ask}" is nothing to ask of a table`);
  mustSay(question, query.column);
  must(columns.filter((column) => column === query.column).length === 1, 'the column is not one');
  const c = columns.indexOf(query.column);
  const of = (name: string): number => {
    mustSay(question, name);
    return rows.get(name)?.[c] ?? fail(`there is no row ${name}`);
  };
  switch (query.ask) {
    case 'cell':
      return of(query.row);
    case 'column-sum':
      must(new Set(query.of).size === query.of.length, 'a row is added twice');
      return total(query.of.map(of));
    case 'cell-difference':
      must(of(query.row) > of(query.and), 'the difference is not above 0');
      return of(query.row) - of(query.and);
    case 'row-of': {
      const small = /smallest|lowest/.test(stemOf(question));
      must(
        small === (query.towards === 'smallest') && small !== /largest|highest/.test(stemOf(question)),
        'large and small are exchanged',
      );
      const column = [...rows.values()].map((row) => row[c] ?? Number.NaN);
      const best = small ? Math.min(...column) : Math.max(...column);
      const found = [...rows].filter(([, row]) => row[c] === best);
      return found.length === 1 ? (found[0]?.[0] ?? '') : fail(`${found.length} rows are meant`);
    }
    case 'cost':
      return total(
        query.items.map(({ row, count }) => {
          mustSay(question, `${count} x ${row}`);
          return count * of(row);
        }),
      );
  }
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

function readOut(texts: readonly Text[], question: Question): string {
  const { query } = question;
  const lines = linesOf(texts);
  const line = (i: number): string => {
    mustSay(question, ORDINALS[i] ?? '?');
    return lines[i]?.join(' ') ?? fail(`there is no line ${i}`);
  };
  switch (query.ask) {
    case 'line':
      return query.line < 0 ? lines.flat().join(' ') : line(query.line);
    case 'word':
      mustSay(question, ORDINALS[query.word] ?? '?');
      return line(query.line).split(' ')[query.word] ?? fail('there is no such word');
    case 'field':
    case 'entry': {
      const [from, to, key] = query.ask === 'field' ? [0, 1, query.name] : [1, 0, query.value];
      mustSay(question, `"${key}"`);
      const found = lines.filter((parts) => parts[from] === key);
      must(found.length === 1 && found[0]?.length === 2, `${found.length} lines have ${key}`);
      return found[0]?.[to] ?? '';
    }
    default:
      return fail(`"${query.ask}" is nothing to ask of a text`);
  }
}
