// The curves of Nano's training, from the metrics of its runs: `node scripts/nano-curves.mjs [RUNS]` copies the metrics of
// RUNS/nano-*/metrics.jsonl to nano/metrics, rounded, and draws nano/curves.svg of what lies there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const STAGES = ['tower', 'solutions', 'words-tower', 'lists', 'reading', 'base', 'stage1', 'stage2'];
const folder = join(root, 'nano', 'metrics');

const lines = (path) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function copy(runs) {
  mkdirSync(folder, { recursive: true });
  for (const stage of STAGES) {
    const from = join(runs, `nano-${stage}`, 'metrics.jsonl');
    if (!existsSync(from)) continue;
    const rounded = lines(from).map(({ step, data }) =>
      JSON.stringify({ step, data }, (_, value) =>
        typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
      ),
    );
    writeFileSync(join(folder, `${stage}.jsonl`), `${rounded.join('\n')}\n`);
  }
}

/** Points [step, value] of one metric; `mean` smooths over as many lines. */
function series(stage, name, mean = 1) {
  const points = lines(join(folder, `${stage}.jsonl`))
    .filter(({ data }) => name in data)
    .map(({ step, data }) => [step, data[name]]);
  const smooth = points.map(([step], i) => {
    const some = points.slice(Math.max(0, i - mean + 1), i + 1);
    return [step, some.reduce((sum, [, value]) => sum + value, 0) / some.length];
  });
  const every = Math.ceil(smooth.length / 300);
  return smooth.filter((_, i) => i % every === 0 || i === smooth.length - 1);
}

const WIDTH = 420;
const HEIGHT = 250;
const NAMES_A_ROW = 5;
const INNER = { left: 48, right: 12, top: 34, bottom: 52 };
const COLOURS = [
  '#2f6fb5',
  '#c2571a',
  '#2e8b57',
  '#8a56ac',
  '#a3333d',
  '#5f6b73',
  '#b08a00',
  '#0e8a92',
  '#7a7f2a',
  '#d0518f',
];
const round = (value) => Number(value.toFixed(1));

/** A panel with its title, axes, lines and their names below. */
function panel({ title, curves, low, high }, at) {
  const [x0, y0] = [(at % 2) * WIDTH, Math.floor(at / 2) * HEIGHT];
  const last = Math.max(...curves.flatMap(({ points }) => points.map(([step]) => step)));
  const x = (step) => round(INNER.left + (step / last) * (WIDTH - INNER.left - INNER.right));
  const y = (value) =>
    round(HEIGHT - INNER.bottom - ((value - low) / (high - low)) * (HEIGHT - INNER.top - INNER.bottom));
  const ticks = [0, 1, 2, 3, 4].map((i) => low + ((high - low) * i) / 4);
  const grid = ticks
    .map(
      (value) =>
        `<path d="M${INNER.left} ${y(value)}H${WIDTH - INNER.right}" class="grid"/><text x="${INNER.left - 6}" y="${y(value) + 4}" text-anchor="end">${Number(value.toFixed(2))}</text>`,
    )
    .join('');
  const paths = curves
    .map(
      ({ points }, i) =>
        `<path d="M${points.map(([step, value]) => `${x(step)} ${y(Math.min(high, Math.max(low, value)))}`).join('L')}" fill="none" stroke="${COLOURS[i]}" stroke-width="1.8"/>`,
    )
    .join('');
  const names = curves
    .map(
      ({ name }, i) =>
        `<text x="${INNER.left + (i % NAMES_A_ROW) * 78}" y="${HEIGHT - 20 + Math.floor(i / NAMES_A_ROW) * 14}" style="fill:${COLOURS[i]}">${name}</text>`,
    )
    .join('');
  return `<g transform="translate(${x0} ${y0})"><text x="${INNER.left}" y="20" class="title">${title}</text>${grid}<text x="${INNER.left}" y="${HEIGHT - INNER.bottom + 16}">0</text><text x="${WIDTH - INNER.right}" y="${HEIGHT - INNER.bottom + 16}" text-anchor="end">step ${last}</text>${paths}${names}</g>`;
}

function draw() {
  const SOLIDS = ['counting', 'existence', 'relation', 'depth', 'distance', 'referring'];
  const TASKS = [...SOLIDS, 'geometry', 'chart', 'table', 'text'];
  const scores = (part) =>
    TASKS.map((task) => ({ name: task, points: series(part, `val/test_score/ocean-world/${task}`) }));
  const panels = [
    {
      title: 'Tower: share right, of the objects in a picture',
      low: 0,
      high: 1,
      curves: ['colour', 'size', 'material', 'shape', 'iou_over_half'].map((name) => ({
        name: name === 'iou_over_half' ? 'IoU > 0.5' : name,
        points: series('tower', `tower/${name}`, 40),
      })),
    },
    {
      title: 'Worked solutions: loss of their tokens',
      low: 0,
      high: 2,
      curves: [{ name: 'loss', points: series('solutions', 'sft/loss', 20) }],
    },
    {
      title: 'Worked solutions: greedy score on validation, by task',
      low: 0,
      high: 1.1,
      curves: scores('solutions'),
    },
    {
      title: 'Tower, written words: share right',
      low: 0,
      high: 1,
      curves: [{ name: 'written', points: series('words-tower', 'tower/written', 20) }],
    },
    {
      title: 'Lists and reading: loss of their tokens',
      low: 0,
      high: 2,
      curves: ['lists', 'reading'].map((part) => ({ name: part, points: series(part, 'sft/loss', 20) })),
    },
    {
      title: 'Reading: greedy score on validation, by task',
      low: 0,
      high: 1.1,
      curves: scores('reading'),
    },
    ...['stage1', 'stage2'].flatMap((stage) => [
      {
        title: `${stage === 'stage1' ? 'Stage 1' : 'Stage 2'}: share of sampled responses`,
        low: 0,
        high: 1,
        curves: [
          { name: 'right', points: series(stage, 'reward/exact', 5) },
          { name: 'well-formed', points: series(stage, 'reward/format', 5) },
          { name: 'groups all alike', points: series(stage, 'rollout/equal_groups', 5) },
        ],
      },
      {
        title: `${stage === 'stage1' ? 'Stage 1' : 'Stage 2'}: tokens of a response`,
        low: 0,
        high: 200,
        curves: [{ name: 'mean length', points: series(stage, 'response_length/mean', 3) }],
      },
      {
        title: `${stage === 'stage1' ? 'Stage 1' : 'Stage 2'}: greedy score on validation, by task`,
        low: 0,
        high: 1.1,
        curves: scores(stage),
      },
    ]),
  ];
  const height = Math.ceil(panels.length / 2) * HEIGHT;
  const style =
    'text{font:12px system-ui,sans-serif;fill:#3c4650}.title{font-weight:600}.grid{stroke:#d5dbe0;stroke-width:1}rect{fill:#fff}' +
    '@media (prefers-color-scheme:dark){text{fill:#c9d1d9}.grid{stroke:#30363d}rect{fill:#0d1117}}';
  writeFileSync(
    join(root, 'nano', 'curves.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${height}" width="${2 * WIDTH}" height="${height}" role="img"><title>Curves of the training of Ocean-R1 Nano</title><style>${style}</style><rect width="100%" height="100%"/>${panels.map(panel).join('')}</svg>\n`,
  );
}

const [runs] = process.argv.slice(2);
if (runs !== undefined) copy(runs);
draw();
