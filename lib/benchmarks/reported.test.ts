import { expect, it } from 'vitest';
import { REPORTED } from '@/lib/benchmarks/reported';

it('gives the gains that the README of the seed announces', () => {
  const gain = (size: string, benchmark: keyof (typeof REPORTED)[number]['figures']) => {
    const figure = (id: string) => REPORTED.find((each) => each.id === id)?.figures[benchmark] ?? Number.NaN;
    return Number((figure(`ocean-r1-${size}-instruct`) - figure(`qwen2.5-vl-${size}-instruct`)).toFixed(1));
  };
  const announced = {
    'math-vision': [2.7, 2.7],
    'math-verse': [3.2, 1.4],
    'math-vista': [4.9, 4.4],
    geoqa: [17.5, 22.2],
    superclevr: [23.2, 22.6],
    refcoco: [10.2, 1.7],
    'cv-bench': [9.3, 6.5],
    'ocr-bench': [9.9, 5.6],
  } as const;
  for (const benchmark of Object.keys(announced) as (keyof typeof announced)[]) {
    expect([gain('3b', benchmark), gain('7b', benchmark)], benchmark).toEqual(announced[benchmark]);
  }
});

it('names a parent for every trained checkpoint and none for a base', () => {
  for (const { stage, parentId } of REPORTED) {
    if (stage === 'base') expect(parentId).toBeNull();
    else expect(REPORTED.map(({ id }) => id)).toContain(parentId);
  }
});
