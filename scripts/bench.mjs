// `npm run bench [figure …]`: prints what the project promises in figures. One file of bench/ each; no test asserts a time.
const FIGURES = {
  'cli-compare': async () => (await import('../bench/cli-compare.mjs')).cliCompare(),
  'cli-score': async () => (await import('../bench/cli-score.mjs')).cliScore(),
  'compare-page': async () => (await import('../bench/compare-page.mjs')).comparePage(),
  'import-memory': async () => (await import('../bench/import-memory.mjs')).importMemory(),
  mathematics: async () => (await import('../bench/mathematics.mjs')).mathematics(),
  'paired-coverage': async () => (await import('../bench/paired-coverage.mjs')).pairedCoverage(),
  scorers: async () => (await import('../bench/scorers.mjs')).scorers(),
  'world-render': async () => (await import('../bench/world-render.mjs')).worldRender(),
  'world-rows': async () => (await import('../bench/world-rows.mjs')).worldRows(),
  'first-paint': async () => (await import('../bench/first-paint.mjs')).firstPaint(),
  'first-answer': async () => (await import('../bench/first-answer.mjs')).firstAnswer(),
  home: async () => (await import('../bench/home.mjs')).home(),
  vlm: async () => (await import('../bench/vlm.mjs')).vlm(),
  training: async () => (await import('../bench/training.mjs')).training(),
  'serving-load': async () => (await import('../bench/serving-load.mjs')).servingLoad(),
  'serving-memory': async () => (await import('../bench/serving-memory.mjs')).servingMemory(),
  hostile: async () => (await import('../bench/hostile.mjs')).hostile(),
  'large-file': async () => (await import('../bench/large-file.mjs')).largeFile(),
  visitors: async () => (await import('../bench/visitors.mjs')).visitors(),
  'kill-rounds': async () => (await import('../bench/kill-rounds.mjs')).killRounds(),
  'web-memory': async () => (await import('../bench/web-memory.mjs')).webMemory(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in FIGURES));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no figure ${unknown.join(', ')}; there are ${Object.keys(FIGURES).join(', ')}.\n`,
  );
  process.exit(2);
}
// The command is measured as it is now.
await import('./bundle.mjs');
for (const name of wanted.length > 0 ? wanted : Object.keys(FIGURES)) await FIGURES[name]();
