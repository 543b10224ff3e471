// Bundles the command: dist/ocean.cjs, which cli/bin.mjs starts, and the threads of `ocean world`.
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function bundleCli(root, outdir) {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.9',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  };
  // One script, and not a module: only of a script can every Node that is supported keep what it compiled.
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ['cli/main.ts'],
    write: false,
    format: 'cjs',
    define: { 'import.meta.url': '__url' },
    minifyWhitespace: true,
    // The other one loads Node's threads, which only its asynchronous functions need; nothing here calls those.
    alias: { fflate: 'fflate/browser' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
  const text = ascii(outputFiles[0].text);
  rmSync(join(outdir, 'compiled'), { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  // What was compiled is of exactly this text: its first line names it.
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(join(outdir, 'ocean.cjs'), `// ${name}\n${text}`);
  await build({
    ...shared,
    entryPoints: { 'world-worker': 'cli/world-worker.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
  });
}

/** Read without being decoded. What esbuild does not escape itself stands in regular expressions, where an escape means the same. */
function ascii(text) {
  if (/\braw`[^`]*[^\0-\x7f]/.test(text)) throw new Error('String.raw of more than ASCII cannot be escaped');
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
