// Bundles the command: dist/ocean.cjs, which cli/bin.mjs starts, and the threads of `ocean world`; and as the site gives it to
// strangers: public/cli/ocean.cjs, one file that needs nothing beside it, and ocean.tgz, an npm package of it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { tarball } from './tarball.mjs';
import { writeChanged } from './write-changed.mjs';

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.9',
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** One script, and not a module: only of a script can every Node that is supported keep what it compiled. */
async function commandText(root, define) {
  const { outputFiles } = await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    write: false,
    format: 'cjs',
    define: { 'import.meta.url': '__url', ...define },
    minifyWhitespace: true,
    // The other one loads Node's threads, which only its asynchronous functions need; nothing here calls those.
    alias: { fflate: 'fflate/browser' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
  return ascii(outputFiles[0].text);
}

export async function bundleCli(root, outdir) {
  const text = await commandText(root, {});
  rmSync(join(outdir, 'compiled'), { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  // What was compiled is of exactly this text: its first line names it.
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(join(outdir, 'ocean.cjs'), `// ${name}\n${text}`);
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: { 'world-worker': 'cli/world-worker.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
  });
}

const NODE = '#!/usr/bin/env node';
// How it was called, for the commands that it prints: npx keeps where a package came from beside what it installed.
const NAME = `
process.env.OCEAN_NAME ||= (() => {
  const { basename, join } = require('node:path');
  const { existsSync } = require('node:fs');
  if (!__dirname.includes('node_modules')) return 'node ' + basename(__filename);
  const around = join(__dirname, '../../package.json');
  const from = existsSync(around) && require(around)._npx?.packages?.[0];
  return from ? 'npx ' + from : 'ocean';
})();
`;
const START = 'if (require.main === module) void module.exports.main(process.argv.slice(2));\n';

/** Into `outdir`, with release.json: version, names, sizes and hashes. */
export async function bundleRelease(root, outdir) {
  const worker = await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: ['cli/world-worker.ts'],
    write: false,
    format: 'esm',
    minifyWhitespace: true,
  });
  const address = `data:text/javascript;base64,${Buffer.from(worker.outputFiles[0].text).toString('base64')}`;
  const command = await commandText(root, { WORLD_WORKER: JSON.stringify(address) });
  const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const script = Buffer.from(`${NODE}${NAME}${command}${START}`);
  const manifest = { name: 'ocean-r1', version, license, engines, bin: { ocean: 'ocean.cjs' } };
  const files = {
    'ocean.cjs': script,
    'ocean.tgz': tarball([
      { name: 'package/package.json', bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
      { name: 'package/LICENSE', bytes: readFileSync(join(root, 'LICENSE')) },
      { name: 'package/ocean.cjs', bytes: script, executable: true },
    ]),
  };
  mkdirSync(outdir, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeChanged(join(outdir, name), bytes);
  const described = Object.entries(files).map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  writeChanged(
    join(outdir, 'release.json'),
    `${JSON.stringify({ version, node: engines.node, files: described }, null, 2)}\n`,
  );
}

/** Read without being decoded. What esbuild does not escape itself stands in regular expressions, where an escape means the same. */
function ascii(text) {
  if (/\braw`[^`]*[^\0-\x7f]/.test(text)) throw new Error('String.raw of more than ASCII cannot be escaped');
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
