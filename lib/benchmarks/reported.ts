import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import type { Stage } from '@/lib/models/stage';
import { SEED_COMMIT, SEED_REPOSITORY } from '@/lib/scoring/upstream';

/** A checkpoint and the figures that its authors published for it. They were not recomputed here. */
export interface ReportedCheckpoint {
  /** Also the slug of its model. */
  id: string;
  name: string;
  family: string;
  /** Billions of parameters, the vision encoder included, as the model card counts them. */
  parametersB: number;
  openWeights: boolean;
  link: string;
  stage: Stage;
  /** The checkpoint that it was trained from. */
  parentId: string | null;
  /** Percent, by benchmark. */
  figures: Readonly<Partial<Record<BenchmarkId, number>>>;
}

/** Where the figures stand: the table in the README of the seed, of 9 April 2025. */
export const REPORTED_SOURCE = {
  citation: `README of Ocean-R1, commit ${SEED_COMMIT.slice(0, 7)}`,
  url: `${SEED_REPOSITORY}/blob/${SEED_COMMIT}/README.md`,
  date: '2025-04-09',
} as const;

/** A row of that table in its order of columns; their order on a board is the same. */
const figures = (row: readonly [number, number, number, number, number, number, number, number]) => ({
  superclevr: row[0],
  geoqa: row[1],
  refcoco: row[2],
  'cv-bench': row[3],
  'ocr-bench': row[4],
  'math-vision': row[5],
  'math-vista': row[6],
  'math-verse': row[7],
});

export const REPORTED: readonly ReportedCheckpoint[] = [
  {
    id: 'qwen2.5-vl-3b-instruct',
    name: 'Qwen2.5-VL-3B-Instruct',
    family: 'Qwen2.5-VL',
    parametersB: 3.75,
    openWeights: true,
    link: 'https://huggingface.co/Qwen/Qwen2.5-VL-3B-Instruct',
    stage: 'base',
    parentId: null,
    figures: figures([64.1, 38.9, 75.3, 66.5, 74.6, 21.2, 62.3, 35.4]),
  },
  {
    id: 'ocean-r1-3b-instruct',
    name: 'Ocean-R1-3B-Instruct',
    family: 'Ocean-R1',
    parametersB: 3.75,
    openWeights: true,
    link: 'https://huggingface.co/minglingfeng/Ocean_R1_3B_Instruct',
    stage: 'stage2',
    parentId: 'qwen2.5-vl-3b-instruct',
    figures: figures([87.3, 56.4, 85.5, 75.8, 84.5, 23.9, 67.2, 38.6]),
  },
  {
    id: 'qwen2.5-vl-7b-instruct',
    name: 'Qwen2.5-VL-7B-Instruct',
    family: 'Qwen2.5-VL',
    parametersB: 8.29,
    openWeights: true,
    link: 'https://huggingface.co/Qwen/Qwen2.5-VL-7B-Instruct',
    stage: 'base',
    parentId: null,
    figures: figures([72.0, 47.5, 85.1, 74.5, 82.3, 25.1, 68.2, 47.9]),
  },
  {
    id: 'ocean-r1-7b-instruct',
    name: 'Ocean-R1-7B-Instruct',
    family: 'Ocean-R1',
    parametersB: 8.29,
    openWeights: true,
    link: 'https://huggingface.co/minglingfeng/Ocean_R1_7B_Instruct',
    stage: 'stage2',
    parentId: 'qwen2.5-vl-7b-instruct',
    figures: figures([94.6, 69.7, 86.8, 81.0, 87.9, 27.8, 72.6, 49.3]),
  },
];
