import { ANGLE_FIGURES } from './angle-figures';
import { CIRCLE_FIGURES } from './circle-figures';
import { distance, type Figure, type FigureKind, type Magnitude } from './construction';
import type { Point } from './drawing';
import { LENGTH_FIGURES } from './length-figures';
import { atan2, degrees } from './maths';
import type { Random } from './random';

export const FIGURE_KINDS: readonly FigureKind[] = [...ANGLE_FIGURES, ...CIRCLE_FIGURES, ...LENGTH_FIGURES];

/** Answers of the geometry task, each as likely as any other. */
export const LEAST_ANSWER = 5;
export const MOST_ANSWER = 130;

const supply = FIGURE_KINDS.map((kind) => {
  let count = 0;
  for (let x = LEAST_ANSWER; x <= MOST_ANSWER; x++) if (kind.can(x)) count++;
  return 1 / Math.max(1, count);
});

/** A figure with the wished answer; kinds that have few answers are preferred where they can, so that all kinds are met. */
export function figureFor(random: Random, answer: number, names: readonly string[]): Figure {
  for (;;) {
    const weights = FIGURE_KINDS.map((kind, i) => (kind.can(answer) ? (supply[i] ?? 0) : 0));
    let left = random.float() * weights.reduce((a, b) => a + b, 0);
    const kind = FIGURE_KINDS.find((_, i) => {
      left -= weights[i] ?? 0;
      return left < 0 && (weights[i] ?? 0) > 0;
    });
    if (!kind) continue;
    for (let t = 0; t < 60; t++) {
      const built = kind.build(random, answer, names);
      if (built) return { kind: kind.kind, difficulty: kind.difficulty, ...built };
    }
  }
}

/** The magnitude as it stands in the figure's points: degrees, or the figure's own unit. */
export function measure(points: Readonly<Record<string, Point>>, m: Magnitude): number {
  const at = (name: string): Point => points[name] ?? [Number.NaN, Number.NaN];
  if (m.of === 'length') return distance(at(m.ends[0]), at(m.ends[1]));
  if (m.of === 'area') {
    let twice = 0;
    m.ring.forEach((name, i) => {
      const p = at(name);
      const q = at(m.ring[(i + 1) % m.ring.length] ?? name);
      twice += p[0] * q[1] - q[0] * p[1];
    });
    return Math.abs(twice) / 2;
  }
  const [p, q, r] = m.at.map(at);
  if (!p || !q || !r) return Number.NaN;
  const [ax, ay, bx, by] = [p[0] - q[0], p[1] - q[1], r[0] - q[0], r[1] - q[1]];
  const cross = ax * by - ay * bx;
  const dot = ax * bx + ay * by;
  return degrees(atan2(Math.abs(cross), dot));
}
