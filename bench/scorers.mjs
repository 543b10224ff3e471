// Verdicts of every scorer a second of CPU, over outputs of the usual length: half of them right.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';

const THINKING = `<think>${'The picture shows several things beside each other, and each is looked at in turn. '.repeat(8)}</think>\n`;
const answered = (answer) => `${THINKING}<answer> ${answer} </answer>`;
const options = ['one', 'two', 'three', 'four', 'five'];

/** A right answer and outputs for it, by benchmark; scorers of a benchmark that is not here are named as not measured. */
const CASES = {
  superclevr: { gold: 4, outputs: [answered('4'), answered('5')] },
  refcoco: {
    gold: [10, 20, 110, 120],
    outputs: [answered('[{"bbox_2d": [12, 22, 108, 118]}]'), answered('none')],
  },
  'cv-bench': { gold: '(B)', options: options.slice(0, 4), outputs: [answered('(B)'), answered('three')] },
  'ocr-bench': { gold: ['CENTRE', 'center'], outputs: [answered('Centre'), answered('left')] },
  geoqa: { gold: '35°', outputs: [answered('$35^{\\circ}$'), answered('$\\frac{\\sqrt{3}}{2}$')] },
  'math-vision': { gold: 'B', options, outputs: [answered('B'), answered('\\boxed{D}')] },
  'math-vista': {
    gold: '1.2',
    tags: { question_type: 'free_form', answer_type: 'float' },
    outputs: [answered('1.2'), '1.2'],
  },
  'math-verse': { gold: 'B', options: options.slice(0, 4), outputs: [answered('B'), answered('D')] },
};

export async function scorers() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const outfile = join(folder, 'registry.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['lib/benchmarks/registry.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const { BENCHMARKS } = await import(pathToFileURL(outfile).href);
    const measured = new Set();
    for (const { id, scorers } of Object.values(BENCHMARKS)) {
      for (const scorer of scorers) {
        if (measured.has(scorer.id)) continue;
        measured.add(scorer.id);
        const label = scorer.id.padEnd(38);
        const example = CASES[id];
        console.log(example === undefined ? `${label}  not measured` : `${label}  ${rate(scorer, example)}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rate(scorer, { gold, options = null, tags = {}, outputs }) {
  const sample = { sampleId: '0', question: '', options, gold, tags, image: null, cluster: '0' };
  const spent = () => process.cpuUsage().user / 1e6;
  const started = spent();
  let verdicts = 0;
  while (spent() - started < 0.5) {
    for (const output of outputs) scorer.score(sample, output);
    verdicts += outputs.length;
  }
  const perSecond = verdicts / (spent() - started);
  return `${Math.round(perSecond).toLocaleString('en')} verdicts/s`;
}
