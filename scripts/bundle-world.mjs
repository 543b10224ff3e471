// Ocean World for scripts: bundled as it is now into a folder, and loaded.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './setup.mjs';

export async function bundleWorld(folder) {
  const outfile = join(folder, 'world.mjs');
  await build({
    stdin: {
      contents: `
        export { ask, render } from './lib/world/world';
        export { solidScene } from './lib/world/solid-scenes';
        export { seedIn } from './lib/world/scene';
        export { encodePng } from './lib/world/png';
        export { encodeJpeg } from './lib/world/jpeg';
        export { TASKS } from './lib/world/question';
      `,
      resolveDir: root,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  return import(pathToFileURL(outfile).href);
}
