// Milliseconds of CPU time a picture of Ocean World takes at 128 px on one core, kind by kind, scene and picture apart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorld } from '../scripts/bundle-world.mjs';

const SIZE = 128;
const SCENES = 30;
const ROUNDS = 9;
/** A task whose scene has this kind. */
const TASKS = { diagram: 'geometry', chart: 'chart', table: 'table', text: 'text' };

export async function worldRender() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  try {
    const { ask, render, seedIn, solidScene } = await bundleWorld(folder);
    const scene = (kind, n) =>
      kind in TASKS ? ask(TASKS[kind], seedIn('train', n), SIZE).scene : solidScene(kind, seedIn('train', n));
    const kinds = ['tabletop', 'vehicles', ...Object.keys(TASKS)].map((kind) => ({
      kind,
      made: [],
      drawn: [],
    }));
    // The kinds take turns, so that what else the machine does falls on all of them; the first round only warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { kind, made, drawn } of kinds) {
        let scenes = [];
        const making = cpuTime(() => {
          scenes = Array.from({ length: SCENES }, (_, n) => scene(kind, n));
        });
        const drawing = cpuTime(() => {
          for (const one of scenes) render(one, SIZE);
        });
        if (round === 0) continue;
        made.push(making / SCENES);
        drawn.push(drawing / SCENES);
      }
    }
    for (const { kind, made, drawn } of kinds) {
      console.log(
        `${kind.padEnd(9)} scene ${median(made).toFixed(2)} ms, picture at ${SIZE} px ${median(drawn).toFixed(2)} ms`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cpuTime(work) {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
