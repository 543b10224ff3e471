import type { Box, Scene, SceneKind } from './scene';

/** What is asked, as the tasks of the benchmark. */
export const TASKS = [
  'counting',
  'existence',
  'relation',
  'depth',
  'distance',
  'referring',
  'geometry',
  'chart',
  'table',
  'text',
] as const;
export type Task = (typeof TASKS)[number];

/** The seed's words for what a task measures. */
export const ABILITY: Readonly<Record<Task, Ability>> = {
  counting: 'visual counting',
  existence: 'visual counting',
  relation: 'spatial reasoning',
  depth: 'spatial reasoning',
  distance: 'spatial reasoning',
  referring: 'REC',
  geometry: 'geometric reasoning',
  chart: 'visual mathematics',
  table: 'visual mathematics',
  text: 'OCR',
};
export type Ability =
  | 'visual counting'
  | 'spatial reasoning'
  | 'REC'
  | 'geometric reasoning'
  | 'visual mathematics'
  | 'OCR';

export const TASK_SCENES: Readonly<Record<Task, readonly SceneKind[]>> = {
  counting: ['tabletop', 'vehicles'],
  existence: ['tabletop', 'vehicles'],
  relation: ['tabletop', 'vehicles'],
  depth: ['tabletop', 'vehicles'],
  distance: ['tabletop', 'vehicles'],
  referring: ['tabletop', 'vehicles'],
  geometry: ['diagram'],
  chart: ['chart'],
  table: ['table'],
  text: ['text'],
};

/** From 1 (one look) to 5 (several steps that build on one another). */
export type Difficulty = 1 | 2 | 3 | 4 | 5;

/** The right answer: a box, or words with all the forms that say the same. The first form is the canonical one. */
export type Answer = { kind: 'box'; box: Box } | { kind: 'words'; forms: readonly [string, ...string[]] };

/** Which wording was used: the last ones of every kind are kept for the test splits. */
export interface Phrasing {
  index: number;
  seen: boolean;
}

export interface Question {
  task: Task;
  /** The kind within the task, e.g. `count-same`; unique over all tasks. */
  kind: string;
  text: string;
  /** What stands for `{name}` in the kind's wordings. */
  values: Readonly<Record<string, string>>;
  /** The choices as texts, in order, where the question is multiple choice. */
  options: readonly string[] | null;
  answer: Answer;
  steps: readonly string[];
  difficulty: Difficulty;
  phrasing: Phrasing;
  /** What is asked, in symbols: from it and the scene alone the answer can be worked out again (see check.ts). */
  query: Query;
}

/** A description of things by their attributes; what is left out may be anything. */
export interface Filter {
  size?: 'small' | 'large';
  colour?: string;
  material?: 'rubber' | 'metal';
  shape?: string;
}

export const ATTRIBUTES = ['size', 'colour', 'material', 'shape'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];
export const SIDES = ['left', 'right', 'front', 'behind'] as const;
export type Side = (typeof SIDES)[number];

export type Query =
  | { ask: 'count'; of: Filter }
  | { ask: 'count-either'; of: Filter; or: Filter }
  | { ask: 'count-beside'; of: Filter; side: Side; anchor: Filter }
  | { ask: 'count-same'; attribute: Attribute; anchor: Filter }
  | { ask: 'count-more'; of: Filter; than: Filter }
  | { ask: 'exists'; of: Filter }
  | { ask: 'exists-beside'; of: Filter; side: Side; anchor: Filter }
  | { ask: 'more'; of: Filter; than: Filter }
  | { ask: 'same'; attribute: Attribute; one: Filter; other: Filter }
  | { ask: 'side'; of: Filter; anchor: Filter; choices: readonly (readonly Side[])[] }
  | { ask: 'closest-to-camera'; among: readonly Filter[]; farthest: boolean }
  | { ask: 'closest-to'; anchor: Filter; among: readonly Filter[]; farthest: boolean }
  | { ask: 'box'; of: Filter }
  | { ask: 'box-extreme'; of: Filter; towards: Side; rank: number }
  | { ask: 'box-beside'; of: Filter; side: Side; anchor: Filter }
  | { ask: 'angle'; at: readonly [string, string, string] }
  | { ask: 'length'; ends: readonly [string, string] }
  | { ask: 'area'; ring: readonly string[] }
  | { ask: 'category'; towards: 'largest' | 'smallest'; rank: number }
  | { ask: 'value'; of: string }
  | { ask: 'difference'; of: string; and: string }
  | { ask: 'range' }
  | { ask: 'sum'; of: readonly string[] }
  | { ask: 'above'; limit: number }
  | { ask: 'cell'; row: string; column: string }
  | { ask: 'column-sum'; column: string; of: readonly string[] }
  | { ask: 'cell-difference'; column: string; row: string; and: string }
  | { ask: 'row-of'; column: string; towards: 'largest' | 'smallest' }
  | { ask: 'cost'; column: string; items: readonly { row: string; count: number }[] }
  | { ask: 'line'; line: number }
  | { ask: 'word'; line: number; word: number }
  | { ask: 'field'; name: string }
  | { ask: 'entry'; value: string };

/** A scene with what one may ask of it. */
export interface AskedScene<S extends Scene = Scene> {
  scene: S;
  question: Question;
}

/** A question before a wording is picked for it. */
export interface QuestionDraft {
  kind: string;
  /** Templates with `{name}` for the values; the last HELD_OUT_WORDINGS are kept for the test splits. */
  wordings: readonly string[];
  values: Readonly<Record<string, string>>;
  options?: readonly string[];
  answer: Answer;
  steps: readonly string[];
  difficulty: Difficulty;
  query: Query;
}
