import type { Benchmark, BenchmarkId } from '@/lib/benchmarks/benchmark';

// Stands for lib/benchmarks/registry.ts until it is there: names only, nothing scorable.
const named = (
  id: BenchmarkId,
  name: string,
  shortName: string,
  ability: string,
  splits: readonly [readonly [string, number], ...(readonly [string, number])[]],
): Benchmark => {
  const made = splits.map(([split, sampleCount]) => ({
    id: split,
    label: split,
    sampleCount,
    source: { url: 'https://example.org' },
    knownSha256: [],
  }));
  const [first, ...rest] = made;
  if (first === undefined) throw new Error('a benchmark has a split');
  return {
    id,
    name,
    shortName,
    ability,
    description: name,
    splits: [first, ...rest],
    prompts: [{ id: 'seed', label: "The seed's", template: '{Question}' }],
    maxNewTokens: null,
    licence: 'unknown',
    sources: [],
    breakdowns: [],
    headline:
      id === 'refcoco'
        ? {
            kind: 'mean-of-splits',
            label: 'mean of the three val splits',
            splits: ['refcoco_val', 'refcocop_val', 'refcocog_val'],
          }
        : { kind: 'accuracy', label: 'accuracy' },
    secondary: [],
    scorers: [],
    caveats: [],
    readAnnotations: async () => [],
  };
};

export const BENCHMARKS: Readonly<Record<BenchmarkId, Benchmark>> = {
  superclevr: named('superclevr', 'SuperCLEVR counting', 'SuperCLEVR', 'visual counting', [['test', 5000]]),
  'superclevr-200': named(
    'superclevr-200',
    'SuperCLEVR counting (200)',
    'SuperCLEVR-200',
    'visual counting',
    [['test', 200]],
  ),
  geoqa: named('geoqa', 'GEOQA', 'GEOQA', 'geometric reasoning', [['test', 754]]),
  refcoco: named('refcoco', 'RefCOCO / + / g', 'RefCOCO', 'grounding', [
    ['refcoco_val', 10834],
    ['refcocop_val', 10758],
    ['refcocog_val', 4896],
  ]),
  'cv-bench': named('cv-bench', 'CV-Bench', 'CV-Bench', '2D and 3D vision', [['test', 2638]]),
  'ocr-bench': named('ocr-bench', 'OCRBench', 'OCRBench', 'reading text', [['test', 1000]]),
  'math-vision': named('math-vision', 'MathVision', 'MathVision', 'mathematics', [['test', 3040]]),
  'math-vista': named('math-vista', 'MathVista', 'MathVista', 'mathematics', [['testmini', 1000]]),
  'math-verse': named('math-verse', 'MathVerse', 'MathVerse', 'mathematics', [['testmini', 3940]]),
};

export function benchmarkOf(id: string): Benchmark | null {
  return Object.values(BENCHMARKS).find((benchmark) => benchmark.id === id) ?? null;
}
