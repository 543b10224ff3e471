// Bundles what runs outside Next: the CLI, its threads that make training rows, the threads that read and score predictions files
// and that run the embedded database, the server, the command as the site gives it to strangers (into public/cli), and the in-browser
// engine's worker with onnxruntime's programs (into public/vlm).
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleCli, bundleRelease } from './bundle-cli.mjs';
import { bundleEngine } from './bundle-engine.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await bundleCli(root, join(root, 'dist'));
await bundleRelease(root, join(root, 'public/cli'));
const ours = {
  absWorkingDir: root,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.9',
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
};
await build({
  ...ours,
  entryPoints: { 'scoring-worker': 'server/evals/scoring-worker.ts' },
  // Some dependencies are CommonJS and call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await build({
  ...ours,
  entryPoints: { 'pglite-thread': 'server/db/pglite-thread.ts', serve: 'serve.ts' },
  packages: 'external',
});
await bundleEngine(root);
