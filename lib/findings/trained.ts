import { TASKS, type Task } from '@/lib/world/question';

/** What each stage of Nano was rewarded for: the tasks of its rows, as trainer/nano.sh has them made. */
const SOLIDS = ['counting', 'existence', 'relation', 'depth', 'distance', 'referring'] as const;
export const TRAINED: Readonly<Record<'stage1' | 'stage2', readonly Task[]>> = {
  stage1: ['counting', 'geometry', 'chart', 'table', 'text'],
  stage2: SOLIDS,
};

/** Tasks that a stage was not rewarded for. */
export const untrained = (stage: 'stage1' | 'stage2'): readonly Task[] =>
  TASKS.filter((task) => !TRAINED[stage].includes(task));
