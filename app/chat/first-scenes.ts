import { sceneOf } from '@/lib/benchmarks/ocean-world';
import type { Task } from '@/lib/world/question';

/**
 * Scenes of the test split to begin with, one of each task but charts and printed text, in which Nano is weakest: its base answers
 * them wrong, its stage 2 right.
 */
export const FIRST_SAMPLES = [
  'counting-000040',
  'existence-000101',
  'relation-000012',
  'depth-000073',
  'distance-000014',
  'referring-000055',
  'geometry-000156',
  'table-000088',
] as const;

export interface FirstScene {
  task: Task;
  seed: number;
  picture: string;
}

/** For the server alone: it loads the benchmark. */
export const firstScenes = (): FirstScene[] =>
  FIRST_SAMPLES.flatMap((sample) => {
    const scene = sceneOf('test', sample);
    return scene === null ? [] : [{ ...scene, picture: `/chat/first/${sample}` }];
  });
