// `node scripts/contact-sheet.mjs`: draws docs/world/contact-sheet.jpg, pictures of every kind of scene.
// `node scripts/contact-sheet.mjs --beside FOLDER --out FILE.jpg`: real pictures of CLEVR and Super-CLEVR, from FOLDER/clevr
// and FOLDER/super-clevr, above rendered ones. Real pictures are not ours to publish: keep that sheet out of the repository.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { bundleWorld } from './bundle-world.mjs';
import { root, stop } from './setup.mjs';

const SIZE = 160;
const COLUMNS = 7;
const TASKS = { diagram: 'geometry', chart: 'chart', table: 'table', text: 'text' };

const { values } = parseArgs({ options: { beside: { type: 'string' }, out: { type: 'string' } } });
if (values.beside && !values.out) stop('Name the file for the sheet with --out.');
const out = resolve(values.out ?? join(root, 'docs/world/contact-sheet.jpg'));

const folder = mkdtempSync(join(tmpdir(), 'ocean-sheet-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const { ask, render, seedIn, solidScene, encodePng } = await bundleWorld(folder);
  const png = (bytes) => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
  const rendered = (kind) =>
    Array.from({ length: COLUMNS }, (_, n) => {
      const seed = seedIn('train', n);
      const scene = kind in TASKS ? ask(TASKS[kind], seed, SIZE).scene : solidScene(kind, seed);
      return png(encodePng(render(scene, SIZE)));
    });
  const real = (name) => {
    const of = join(values.beside, name);
    const files = readdirSync(of).filter((file) => /\.(png|jpe?g)$/i.test(file));
    return files.slice(0, COLUMNS).map((file) => png(readFileSync(join(of, file))));
  };
  const rows = values.beside
    ? [
        ['CLEVR', real('clevr')],
        ['Ocean World, tabletop', rendered('tabletop')],
        ['Super-CLEVR', real('super-clevr')],
        ['Ocean World, vehicles', rendered('vehicles')],
      ]
    : ['tabletop', 'vehicles', ...Object.keys(TASKS)].map((kind) => [kind, rendered(kind)]);
  const image = (source) => `<img src="${source}" width="${SIZE}" height="${SIZE}">`;
  const page = await browser.newPage();
  await page.setContent(`
    <style>
      body { margin: 0; width: max-content; padding: 8px; background: white; font: 14px sans-serif }
      div { display: flex; gap: 4px; margin: 2px 0 8px }
      img { object-fit: cover }
    </style>
    ${rows.map(([name, images]) => `${name}<div>${images.map(image).join('')}</div>`).join('')}
  `);
  await page.waitForFunction(() => [...document.images].every((one) => one.complete));
  mkdirSync(dirname(out), { recursive: true });
  await page.locator('body').screenshot({ path: out, type: 'jpeg', quality: 88 });
  console.log(out);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
