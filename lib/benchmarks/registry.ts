import type { Benchmark, BenchmarkId } from '@/lib/benchmarks/benchmark';
import { cvBench } from '@/lib/benchmarks/cv-bench';
import { geoqa } from '@/lib/benchmarks/geoqa';
import { mathVerse } from '@/lib/benchmarks/math-verse';
import { mathVision } from '@/lib/benchmarks/math-vision';
import { mathVista } from '@/lib/benchmarks/math-vista';
import { oceanWorld } from '@/lib/benchmarks/ocean-world';
import { ocrBench } from '@/lib/benchmarks/ocr-bench';
import { refcoco } from '@/lib/benchmarks/refcoco';
import { superclevr, superclevr200 } from '@/lib/benchmarks/superclevr';

/** All benchmarks, in the order of the seed's table; our own stands last. */
export const BENCHMARKS: Readonly<Record<BenchmarkId, Benchmark>> = {
  superclevr,
  'superclevr-200': superclevr200,
  geoqa,
  refcoco,
  'cv-bench': cvBench,
  'ocr-bench': ocrBench,
  'math-vision': mathVision,
  'math-vista': mathVista,
  'math-verse': mathVerse,
  'ocean-world': oceanWorld,
};

const byId: ReadonlyMap<string, Benchmark> = new Map(Object.entries(BENCHMARKS));

/** The benchmark of that id, null where there is none. */
export const benchmarkOf = (id: string): Benchmark | null => byId.get(id) ?? null;
