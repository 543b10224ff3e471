import { ANGLE_FIGURES } from './angle-figures';
import { FACTOR, OPEN_LIMIT } from './balance';
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
const ANSWERS = Array.from({ length: MOST_ANSWER - LEAST_ANSWER + 1 }, (_, i) => LEAST_ANSWER + i);

const total = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

/**
 * How often each kind is taken for each answer, one row a kind: all kinds are met alike, or as often as their answers allow,
 * and no answer is frequent within a kind. By turns the rows are brought to their sums, what is too frequent in them is
 * cut, and the kinds of each answer are brought to 1, since every answer is asked for alike.
 */
const weights: readonly (readonly number[])[] = (() => {
  let rows: number[][] = FIGURE_KINDS.map((kind) => ANSWERS.map((x) => (kind.can(x) ? 1 : 0)));
  const counts = rows.map(total);
  for (let round = 0; round < 60; round++) {
    rows = rows.map((row, i) => {
      const count = counts[i] ?? 1;
      const wanted = Math.min(ANSWERS.length / FIGURE_KINDS.length, count / 4);
      const most = wanted * 0.7 * Math.max(OPEN_LIMIT, FACTOR / count);
      const scale = wanted / total(row);
      return row.map((part) => Math.min(part * scale, most));
    });
    const sums = ANSWERS.map((_, a) => total(rows.map((row) => row[a] ?? 0)));
    rows = rows.map((row) => row.map((part, a) => part / (sums[a] ?? 1)));
  }
  return rows;
})();

/** A figure with the wished answer, of a kind that can have it. */
export function figureFor(random: Random, answer: number, names: readonly string[]): Figure {
  for (;;) {
    let left = random.float();
    const kind = FIGURE_KINDS.find((_, i) => {
      left -= weights[i]?.[answer - LEAST_ANSWER] ?? 0;
      return left < 0;
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
