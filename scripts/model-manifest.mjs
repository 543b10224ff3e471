// `node scripts/model-manifest.mjs`: writes public/models/models.json from the folders beside it, which the trainer exported.
// Of each it lists what a browser fetches: the settings, and the packed weights that our own kernels run, else the graphs that its config wishes for, else int8.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root, say, stop } from './setup.mjs';

const STAGES = { base: 'base', stage1: 'stage 1', stage2: 'stage 2' };

/** The engine's own rules of what is fetched. */
async function engine() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-manifest-'));
  const outfile = join(folder, 'engine.mjs');
  try {
    await build({
      stdin: {
        contents: `
          export { neededFiles } from './lib/vlm/graph-files';
          export { manifestSchema } from './lib/vlm/manifest';
        `,
        resolveDir: root,
        loader: 'ts',
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { manifestSchema, neededFiles } = await engine();
const models = join(root, 'public', 'models');

function described(id) {
  const stage = Object.keys(STAGES).find((each) => id.endsWith(`-${each}`));
  if (stage === undefined)
    stop(`public/models/${id}: the name of a model's folder ends in -${Object.keys(STAGES).join(', -')}.`);
  const family = id.slice(0, -stage.length - 1);
  const folder = join(models, id);
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const found = readdirSync(folder, { recursive: true })
    .map((name) => ({ path: name.replaceAll('\\', '/'), stats: statSync(join(folder, name)) }))
    .flatMap(({ path, stats }) => (stats.isFile() ? [{ path, bytes: stats.size }] : []));
  try {
    const files = neededFiles(found, config).map(({ path, bytes }) => {
      const sha256 = createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
      return { path, bytes, sha256 };
    });
    files.sort((one, other) => (one.path < other.path ? -1 : 1));
    const label = `${family[0].toUpperCase()}${family.slice(1)} ${STAGES[stage]}`;
    return { id, label, stage, files };
  } catch (error) {
    return stop(`public/models/${id}: ${error.message}`);
  }
}

const ids = existsSync(models)
  ? readdirSync(models).filter((name) => existsSync(join(models, name, 'config.json')))
  : [];
if (ids.length === 0)
  stop('There is no model in public/models: `ocean-r1 export` writes one (trainer/README.md).');
const order = Object.keys(STAGES);
const all = ids
  .sort()
  .map(described)
  .sort((one, other) => order.indexOf(one.stage) - order.indexOf(other.stage));
const manifest = manifestSchema.parse({ models: all });
writeFileSync(join(models, 'models.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const { id, files } of all)
  say(
    `${id}: ${files.length} files, ${(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(2)} MB`,
  );
