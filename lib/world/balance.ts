import type { Question, Task } from './question';
import type { Box } from './scene';

/** How far one gets with a constant answer. */
export interface Share {
  /** A task, or a kind of question within one. */
  of: string;
  /** What is held constant: a choice's letter, a choice's text, the answer's canonical form, or a box. */
  by: 'letter' | 'choice' | 'answer' | 'box';
  /** Questions that were counted. */
  count: number;
  /** Different answers that occurred. */
  answers: number;
  /** The answer that is right most often, and in what share of the questions. */
  majority: string;
  share: number;
  /** The most that the share may be. */
  limit: number;
}

/** Whether a share is above its limit by more than chance explains: three standard deviations, and five hits at least. */
export const isTooLarge = ({ share, limit, count }: Share): boolean =>
  share * count >= 5 && share > limit + 3 * Math.sqrt((limit * Math.max(0, 1 - limit)) / count);

/** Where answers are open, texts or names of things, no constant may be right more often than this. */
export const OPEN_LIMIT = 0.05;
const OPEN: ReadonlySet<Task> = new Set(['depth', 'distance', 'referring', 'text']);
/** A constant may be right this many times as often as if all answers were alike. */
export const FACTOR = 1.5;

/**
 * The share of the most frequent answer of every task and of every kind. Its limit is 1.5 over the number of different
 * answers, and 5 % where the answers are open or a kind has so many that 5 % is more.
 */
export function shares(questions: readonly Question[]): Share[] {
  return [...groupBy(questions, ({ task }) => task)].flatMap(([task, asked]) => [
    ...sharesOf(task, asked, 0),
    ...[...groupBy(asked, ({ kind }) => kind)].flatMap(([kind, some]) => sharesOf(kind, some, OPEN_LIMIT)),
  ]);
}

function groupBy<T>(list: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

function sharesOf(of: string, asked: readonly Question[], leastLimit: number): Share[] {
  const open = asked.some(({ task }) => OPEN.has(task));
  const share = (by: Share['by'], answers: readonly string[]): Share => {
    const counts = [...groupBy(answers, (answer) => answer)].map(([answer, { length }]) => ({
      answer,
      length,
    }));
    const most = counts.reduce((a, b) => (b.length > a.length ? b : a), { answer: '', length: 0 });
    return {
      of,
      by,
      count: asked.length,
      answers: counts.length,
      majority: most.answer,
      share: most.length / asked.length,
      limit: open && by !== 'letter' ? OPEN_LIMIT : Math.min(1, Math.max(leastLimit, FACTOR / counts.length)),
    };
  };
  const boxes = asked.flatMap(({ answer }) => (answer.kind === 'box' ? [answer.box] : []));
  if (boxes.length > 0)
    return [
      { of, by: 'box', count: boxes.length, answers: boxes.length, ...bestBox(boxes), limit: OPEN_LIMIT },
    ];
  const first = asked.flatMap(({ answer }) => (answer.kind === 'words' ? [answer.forms[0]] : []));
  if (asked.every(({ options }) => options === null)) return [share('answer', first)];
  const chosen = asked.map(({ options }, i) => options?.[(first[i]?.charCodeAt(1) ?? 0) - 65] ?? '');
  return [share('letter', first), share('choice', chosen)];
}

/** Of some of the boxes, the one that overlaps with most of all by more than half of their union. */
function bestBox(boxes: readonly Box[]): { majority: string; share: number } {
  const overlap = (a: Box, b: Box): number => {
    const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    const both = Math.max(0, width) * Math.max(0, height);
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
  };
  const hits = boxes
    .slice(0, 300)
    .map((box) => ({ box, hit: boxes.filter((other) => overlap(box, other) > 0.5).length }));
  const best = hits.reduce((a, b) => (b.hit > a.hit ? b : a));
  return { majority: best.box.join(' '), share: best.hit / boxes.length };
}
