import { numberAnswer } from './answers';
import type { Figure, Magnitude, Triple } from './construction';
import { arc, area, line, type Mark, type Point, type Rgb, text, WHITE, widthOf } from './drawing';
import { figureFor, LEAST_ANSWER, MOST_ANSWER } from './figures';
import { atan2, cos, PI, sin } from './maths';
import type { AskedScene, Query } from './question';
import { Random } from './random';
import { type Diagram, splitOf } from './scene';
import { list, worded } from './wording';

/** Geometry: a figure drawn true to scale with letters, angle marks and lengths, and the question that it was built for. */

const LETTER_SETS = [
  ['A', 'B', 'C', 'D', 'E', 'F', 'G'],
  ['A', 'B', 'C', 'D', 'E', 'F', 'G'],
  ['P', 'Q', 'R', 'S', 'T', 'U', 'V'],
  ['K', 'L', 'M', 'N', 'P', 'Q', 'R'],
  ['R', 'S', 'T', 'U', 'V', 'W', 'X'],
] as const;

const INKS: readonly Rgb[] = [
  [24, 24, 28],
  [24, 24, 28],
  [20, 60, 140],
  [10, 95, 150],
  [120, 30, 40],
];

const WORDINGS = [
  'As shown in the figure, {facts}. {given}Find {asked}.',
  'In the figure, {facts}. {given}What is {asked}?',
  'In the diagram, {facts}. {given}Determine {asked}.',
  'As shown in the diagram, {facts}. {given}Calculate {asked}.',
  'In the picture, {facts}. {given}Find {asked}.',
  'Look at the figure, in which {facts}. {given}What is {asked}?',
  'The figure shows that {facts}. {given}Work out {asked}.',
  'In the figure shown, {facts}. {given}Then {asked} is ( ).',
  'Consider the figure, in which {facts}. {given}Compute {asked}.',
  'According to the picture, {facts}. {given}Give {asked}.',
];

const nameOf = (m: Magnitude): string =>
  m.of === 'angle' ? `∠${m.at.join('')}` : m.of === 'length' ? m.ends.join('') : `area of ${m.ring.join('')}`;

const askedAs = (m: Magnitude, figure: Figure): string => {
  if (m.of === 'angle') return `the measure of ∠${m.at.join('')} in degrees`;
  if (m.of === 'length') return `the length of ${m.ends.join('')}`;
  const shape =
    m.ring.length === 3
      ? 'triangle'
      : (/(parallelogram|rhombus|trapezoid)/.exec(figure.facts.join(' '))?.[0] ?? 'figure');
  return `the area of ${shape} ${m.ring.join('')}`;
};

const given = (m: Magnitude): string => `${nameOf(m)} = ${m.value}${m.of === 'angle' ? '°' : ''}`;

/** A clause where the figure says nothing beyond its shape. */
const plainFact = (figure: Figure): string => {
  const corners = Object.keys(figure.points);
  return corners.length === 3
    ? `${corners.join('')} is a triangle`
    : `${corners.join('')} is a quadrilateral`;
};

/** Twice the area of a triangle, negative where it is turned the other way. */
const turning = (o: Point, p: Point, q: Point): number =>
  (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0]);

/** Whether a line of the figure cuts through a given side, or goes out from a given angle's corner between its arms. */
function isDivided({ points, segments }: Figure, m: Magnitude): boolean {
  const at = (name: string): Point => points[name] ?? [0, 0];
  if (m.of === 'angle') {
    const [p, q, r] = corner(m.at, at);
    const sign = turning(q, p, r) > 0 ? 1 : -1;
    return segments.some((ends) => {
      const other = ends.includes(m.at[1]) ? ends.find((name) => name !== m.at[1]) : undefined;
      if (other === undefined) return false;
      return sign * turning(q, p, at(other)) > 1e-9 && sign * turning(q, at(other), r) > 1e-9;
    });
  }
  if (m.of === 'area') return false;
  const [a, b] = [at(m.ends[0]), at(m.ends[1])];
  return segments.some(([p, q]) => {
    const [c, d] = [at(p), at(q)];
    return turning(a, b, c) * turning(a, b, d) < 1e-9 && turning(c, d, a) * turning(c, d, b) < -1e-9;
  });
}

const UNITS = { angle: ['°', 'degrees'], length: ['units'], area: ['square units'] } as const;

/** With `allTold` the values stand in the text, whatever the picture shows of them: such a question needs no picture. */
export function diagram(seed: number, allTold = false): AskedScene<Diagram> & { figure: Figure } {
  // The answer is drawn before all else, so that every answer is as likely as any other.
  const answer = new Random(seed, 'diagram/answer').int(LEAST_ANSWER, MOST_ANSWER);
  const split = splitOf(seed);
  for (let attempt = 0; ; attempt++) {
    const random = new Random(seed, `diagram/${attempt}`);
    const figure = figureFor(random, answer, random.pick(LETTER_SETS));
    // Values stand in the picture, in the text, or in both; test-hard shows them in the picture only. A number beside
    // a side or an angle that is divided could be that of a part, so it stands in the text as well.
    const chosen = split === 'test-hard' ? 'picture' : random.pick(['picture', 'text', 'both'] as const);
    const where = chosen === 'picture' && figure.given.some((m) => isDivided(figure, m)) ? 'both' : chosen;
    const laidOut = layOut(figure, random, where !== 'text');
    if (!laidOut) continue;
    const givens = list(figure.given.map(given));
    const facts = list(figure.facts.length > 0 ? figure.facts : [plainFact(figure)]);
    // Half of the time angles are named in words.
    const named = random.chance(0.5)
      ? (words: string): string => words
      : (words: string): string => words.replaceAll('∠', 'angle ');
    const inText = allTold || where !== 'picture';
    return {
      scene: { kind: 'diagram', seed, ...laidOut },
      figure,
      question: worded('geometry', random.split('wording'), {
        kind: figure.kind,
        wordings: inText ? WORDINGS.map(afterCondition) : WORDINGS,
        values: {
          facts: named(facts),
          given: inText ? named(`If ${givens}, `) : '',
          asked: named(askedAs(figure.asked, figure)),
        },
        answer: numberAnswer(answer, UNITS[figure.asked.of]),
        steps: [...(inText ? [] : [`The figure shows ${givens}.`]), ...figure.steps],
        difficulty: figure.difficulty === 4 && !inText ? 5 : figure.difficulty,
        query: queryOf(figure.asked),
      }),
    };
  }
}

/** "If …, find …": what follows the condition begins in lower case. */
const afterCondition = (wording: string): string =>
  wording.replace(/\{given\}(\w)/, (_, first: string) => `{given}${first.toLowerCase()}`);

function queryOf(m: Magnitude): Query {
  if (m.of === 'angle') return { ask: 'angle', at: m.at };
  if (m.of === 'length') return { ask: 'length', ends: m.ends };
  return { ask: 'area', ring: m.ring };
}

const MARGIN = 13;

/** Puts a figure on the sheet, turned and flipped at random; null where letters or lines would crowd. */
function layOut(figure: Figure, random: Random, withValues: boolean): Omit<Diagram, 'kind' | 'seed'> | null {
  const ink = random.pick(INKS);
  const accent: Rgb = random.pick([[190, 30, 90] as const, [24, 24, 28] as const, [30, 110, 60] as const]);
  const turn = random.chance(0.45) ? random.range(-0.25, 0.25) : random.range(-PI, PI);
  const flip = random.chance(0.5) ? -1 : 1;
  const [c, s] = [cos(turn), sin(turn)];
  const place = ([x, y]: Point): Point => [flip * (x * c - y * s), -(x * s + y * c)];
  const natural = Object.entries(figure.points).map(([name, p]) => ({ name, at: place(p) }));
  const reach = figure.circles.flatMap(({ centre, radius }): Point[] => {
    const at: Point = natural.find((p) => p.name === centre)?.at ?? [0, 0];
    return [
      [at[0] - radius, at[1] - radius],
      [at[0] + radius, at[1] + radius],
    ];
  });
  const xs = [...natural.map((p) => p.at[0]), ...reach.map(([x]) => x)];
  const ys = [...natural.map((p) => p.at[1]), ...reach.map(([, y]) => y)];
  const [x1, x2, y1, y2] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((100 - 2 * MARGIN) / (x2 - x1), (100 - 2 * MARGIN) / (y2 - y1));
  const sheet = new Map(
    natural.map(({ name, at }): [string, Point] => [
      name,
      [50 + (at[0] - (x1 + x2) / 2) * scale, 50 + (at[1] - (y1 + y2) / 2) * scale],
    ]),
  );
  const at = (name: string): Point => sheet.get(name) ?? [50, 50];
  const points = [...sheet.values()];
  const crowded = points.some((p, i) => points.some((q, j) => i < j && apart(p, q) < 9));
  if (crowded) return null;

  const width = random.range(0.7, 1.1);
  const marks: Mark[] = [];
  const obstacles: Point[] = [];
  const block = (path: readonly Point[]): void => {
    for (let i = 0; i + 1 < path.length; i++) {
      const p = path[i];
      const q = path[i + 1];
      if (!p || !q) continue;
      const steps = Math.max(1, Math.ceil(apart(p, q) / 2));
      for (let k = 0; k <= steps; k++)
        obstacles.push([p[0] + ((q[0] - p[0]) * k) / steps, p[1] + ((q[1] - p[1]) * k) / steps]);
    }
  };
  for (const { centre, radius } of figure.circles) {
    const path = arc(at(centre), radius * scale, 0, 2 * PI);
    marks.push(line(path, width, ink));
    block(path);
    const [x, y] = at(centre);
    marks.push(area(arc([x, y], 1.1, 0, 2 * PI), ink));
  }
  for (const [p, q] of figure.segments) {
    const path: Point[] = [at(p), at(q)];
    marks.push(line(path, width, ink));
    block(path);
  }
  for (const triple of figure.rightAngles) {
    const [p, q, r] = corner(triple, at);
    const size = 4;
    const [u, v] = [unit(q, p), unit(q, r)];
    marks.push(
      line(
        [
          [q[0] + u[0] * size, q[1] + u[1] * size],
          [q[0] + (u[0] + v[0]) * size, q[1] + (u[1] + v[1]) * size],
          [q[0] + v[0] * size, q[1] + v[1] * size],
        ],
        width * 0.8,
        accent,
      ),
    );
  }
  for (const [p, q] of figure.ticks) {
    const [a, b] = [at(p), at(q)];
    const [m, u] = [middle(a, b), unit(a, b)];
    marks.push(
      line(
        [
          [m[0] - u[1] * 2, m[1] + u[0] * 2],
          [m[0] + u[1] * 2, m[1] - u[0] * 2],
        ],
        width,
        accent,
      ),
    );
  }

  // Labels go, one after the other, to the freest of the places that they may take.
  const labels: { text: string; places: Point[]; height: number; italic: boolean }[] = [];
  for (const [name, p] of sheet) {
    labels.push({
      text: name,
      height: 6,
      italic: true,
      places: [6, 7.5].flatMap((r) =>
        Array.from(
          { length: 24 },
          (_, k): Point => [p[0] + r * cos((k * PI) / 12), p[1] + r * sin((k * PI) / 12)],
        ),
      ),
    });
  }
  if (withValues) {
    for (const m of figure.given) {
      if (m.of === 'angle') {
        const [p, q, r] = corner(m.at, at);
        const from = atan2(p[1] - q[1], p[0] - q[0]);
        let sweep = atan2(r[1] - q[1], r[0] - q[0]) - from;
        if (sweep > PI) sweep -= 2 * PI;
        if (sweep < -PI) sweep += 2 * PI;
        const radius = Math.min(8, 0.35 * Math.min(apart(p, q), apart(q, r)));
        const path = arc(q, radius, from, from + sweep);
        marks.push(line(path, width * 0.8, accent));
        block(path);
        const mid = from + sweep / 2;
        labels.push({
          text: `${m.value}°`,
          height: 5,
          italic: false,
          places: [11, 12.5, 14, 16, 18, 20].flatMap((d) =>
            [-0.12, 0, 0.12].map(
              (o): Point => [q[0] + d * cos(mid + o * sweep), q[1] + d * sin(mid + o * sweep)],
            ),
          ),
        });
      } else if (m.of === 'length') {
        const [a, b] = [at(m.ends[0]), at(m.ends[1])];
        const u = unit(a, b);
        labels.push({
          text: String(m.value),
          height: 5,
          italic: false,
          places: [0.5, 0.4, 0.6, 0.32, 0.68].flatMap((t) =>
            [5, -5, 6.5, -6.5].map(
              (d): Point => [a[0] + (b[0] - a[0]) * t - u[1] * d, a[1] + (b[1] - a[1]) * t + u[0] * d],
            ),
          ),
        });
      }
    }
  }
  for (const label of labels) {
    const half = [
      widthOf({ text: label.text, height: label.height, stretch: 1 }) / 2,
      label.height / 2,
    ] as const;
    let best: Point | null = null;
    let room = 0;
    label.places.forEach((p, i) => {
      if (p[0] - half[0] < 1.5 || p[0] + half[0] > 98.5 || p[1] - half[1] < 1.5 || p[1] + half[1] > 98.5)
        return;
      let free = 4;
      for (const o of obstacles) {
        const dx = Math.max(0, Math.abs(o[0] - p[0]) - half[0]);
        const dy = Math.max(0, Math.abs(o[1] - p[1]) - half[1]);
        free = Math.min(free, Math.sqrt(dx * dx + dy * dy));
      }
      // Of places equally free, the first is the natural one.
      const value = free - i * 0.01;
      if (free > 0.9 && value > room) {
        room = value;
        best = p;
      }
    });
    if (!best) return null;
    const [bx, by]: Point = best;
    marks.push(
      text(label.text, [bx, by + label.height / 2], label.height, {
        weight: random.range(0.62, 0.72),
        slant: label.italic ? 0.18 : 0,
      }),
    );
    for (const fx of [-1, -0.5, 0, 0.5, 1])
      for (const fy of [-1, 0, 1]) obstacles.push([bx + fx * half[0], by + fy * half[1]]);
  }
  const shade = random.int(0, 10);
  return {
    drawing: {
      paper: random.chance(0.5) ? WHITE : [255 - shade, 255 - shade, 252 - shade],
      grain: random.range(0, 3),
      marks,
    },
    points: Object.fromEntries(sheet),
  };
}

const corner = ([p, q, r]: Triple, at: (name: string) => Point): [Point, Point, Point] => [
  at(p),
  at(q),
  at(r),
];
const apart = (p: Point, q: Point): number =>
  Math.sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]));
const middle = (p: Point, q: Point): Point => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
const unit = (from: Point, upTo: Point): Point => {
  const d = apart(from, upTo) || 1;
  return [(upTo[0] - from[0]) / d, (upTo[1] - from[1]) / d];
};
