// How often the 95 % interval of a paired difference holds the true one: simulated runs with a known difference, from a seed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';

const SAMPLES = 200;
/** Half of the width within which a share of 95 % falls by chance is then 0.4 points. */
const DRAWS = 10_000;
/** The lowest and the highest of many such shares are so by chance too: they are drawn anew, to 0.1 points. */
const DRAWN_ANEW = 100_000;
const [SEED, ANOTHER_SEED] = [20, 777];

/** Share of the right answers by the two runs. */
const SHARES = [
  [0.05, 0.05],
  [0.05, 0.1],
  [0.1, 0.1],
  [0.25, 0.3],
  [0.5, 0.5],
  [0.5, 0.65],
  [0.75, 0.78],
  [0.9, 0.95],
  [0.95, 0.95],
];

/**
 * An answer is right where a normal number is small; what it is the sum of, as shares of its variance: what both runs find hard in
 * a picture, what one run does, what both do in a sample; the rest is chance.
 */
const RUNS = {
  'unlike each other, unlike pictures': { picture: 0.15, runAndPicture: 0.15, sample: 0.3 },
  'like strangers, each with its own hard pictures': { picture: 0, runAndPicture: 0.3, sample: 0 },
  'near checkpoints': { picture: 0.3, runAndPicture: 0.05, sample: 0.45 },
};

/** Checkpoints a few steps apart: of two hundred samples one to five differ. */
const HARDLY = { picture: 0.4, runAndPicture: 0, sample: 0.58 };
const HARDLY_SHARES = [
  [0.05, 0.06],
  [0.9, 0.92],
  [0.98, 0.98],
  [0.99, 0.9999999],
];

const SIZES = {
  1: () => 1,
  2: () => 2,
  3: () => 3,
  4: () => 4,
  5: () => 5,
  '1 to 5': (place) => 1 + (place % 5),
};

export async function pairedCoverage() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const outfile = join(folder, 'paired-comparison.mjs');
    await build({
      absWorkingDir: root,
      stdin: {
        contents:
          "export * from './lib/stats/paired-comparison'; export { tQuantile } from './lib/stats/intervals';",
        resolveDir: root,
      },
      outfile,
      bundle: true,
      format: 'esm',
      logLevel: 'warning',
    });
    const stats = await import(pathToFileURL(outfile));
    const all = [];
    for (const [name, weights] of Object.entries(RUNS)) {
      console.log(
        `paired interval, ${name}: % of ${DRAWS.toLocaleString('en')} intervals that hold the true difference`,
      );
      for (const [size, sizeOf] of Object.entries(SIZES)) {
        const cluster = clusters(sizeOf);
        const cells = SHARES.map((shares) => ({
          ...{ name, weights, size, cluster, shares },
          covered: coverage(stats, cluster, shares, weights).own,
        }));
        all.push(...cells);
        console.log(
          `  ${size.padEnd(7)} to a picture  ${cells.map(({ covered }) => covered.toFixed(1)).join('  ')}`,
        );
      }
    }
    all.sort((one, other) => one.covered - other.covered);
    const mean = all.reduce((sum, { covered }) => sum + covered, 0) / all.length;
    const [least, greatest] = [all[0], all.at(-1)];
    console.log(
      `paired interval, coverage              ${least.covered.toFixed(1)} to ${greatest.covered.toFixed(1)} %, mean ${mean.toFixed(2)} % (95 is meant)`,
    );
    for (const { name, weights, size, cluster, shares, covered } of [...all.slice(0, 3), ...all.slice(-3)]) {
      const { own } = coverage(stats, cluster, shares, weights, DRAWN_ANEW, ANOTHER_SEED);
      console.log(
        `  drawn anew, ${DRAWN_ANEW.toLocaleString('en')} times   ${own.toFixed(2)} % (${covered.toFixed(2)} before): ${shares.join(' and ')} right, ${size} to a picture, ${name}`,
      );
    }
    console.log(
      'paired interval, hardly different; in brackets the plain one, difference ± t standard errors',
    );
    for (const [size, sizeOf] of Object.entries(SIZES).filter(([size]) => size !== '1')) {
      const covered = HARDLY_SHARES.map((shares) => coverage(stats, clusters(sizeOf), shares, HARDLY));
      console.log(
        `  ${size.padEnd(7)} to a picture  ${covered.map(({ own, plain }) => `${own.toFixed(1)} (${plain.toFixed(1)})`).join('  ')}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function clusters(sizeOf) {
  const cluster = [];
  for (let place = 0; cluster.length < SAMPLES; place += 1)
    for (let i = 0; i < sizeOf(place) && cluster.length < SAMPLES; i += 1) cluster.push(place);
  return cluster;
}

function coverage(
  { comparePaired, tQuantile },
  cluster,
  shares,
  { picture, runAndPicture, sample },
  draws = DRAWS,
  seed = SEED,
) {
  const normal = normals(seed);
  const scale = [picture, runAndPicture, sample, 1 - picture - runAndPicture - sample].map(Math.sqrt);
  const thresholds = shares.map(normalQuantile);
  const truth = 100 * (shares[1] - shares[0]);
  const pictures = cluster.at(-1) + 1;
  const t = tQuantile(pictures - 1);
  const held = { own: 0, plain: 0 };
  for (let draw = 0; draw < draws; draw += 1) {
    const ofPicture = Array.from({ length: pictures }, () => scale[0] * normal());
    const ofRun = shares.map(() => Array.from({ length: pictures }, () => scale[1] * normal()));
    const verdicts = shares.map(() => []);
    for (const place of cluster) {
      const hard = ofPicture[place] + scale[2] * normal();
      for (const run of [0, 1])
        verdicts[run].push(hard + ofRun[run][place] + scale[3] * normal() < thresholds[run]);
    }
    const { interval, difference, standardError } = comparePaired(cluster, verdicts[0], verdicts[1]);
    held.own += Number(interval.low <= truth + 1e-9 && interval.high >= truth - 1e-9);
    held.plain += Number(Math.abs(difference - truth) <= t * standardError + 1e-9);
  }
  return { own: (100 * held.own) / draws, plain: (100 * held.plain) / draws };
}

/** Normal numbers from a seed: splitmix32 under Marsaglia's polar method. */
function normals(seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x9e3779b9) | 0;
    let t = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 4_294_967_296;
  };
  let kept = null;
  return () => {
    if (kept !== null) {
      const value = kept;
      kept = null;
      return value;
    }
    for (;;) {
      const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1];
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      kept = v * factor;
      return u * factor;
    }
  };
}

/** By bisection of the error function's series: a handful of calls. */
function normalQuantile(p) {
  const cdf = (x) => {
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k += 1) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  };
  let [low, high] = [-6, 6];
  for (let i = 0; i < 100; i += 1) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}
