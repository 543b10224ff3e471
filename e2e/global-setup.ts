import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, file, INSTALLED, ROOT, writeWorld } from './world';

/** Makes the world and installs its annotations by the CLI, once for all sites. */
export default function globalSetup(): void {
  if (!existsSync(join(ROOT, '.next', 'BUILD_ID')))
    throw new Error('There is no production build: run `npm run build`.');
  rmSync(FOLDER, { recursive: true, force: true });
  writeWorld();
  const install = (benchmark: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(ROOT, 'cli/bin.mjs'), 'benchmarks', 'install', benchmark, ...args], {
      cwd: ROOT,
      env: { ...process.env, OCEAN_DATA_DIR: INSTALLED },
    });
  // The server would write it by itself, in the background, while the first pages are looked at.
  install('ocean-world');
  install('superclevr-200', '--from', file('counting.jsonl'));
  install('geoqa', '--from', file('geometry.jsonl'), '--images', file('drawings'));
  install('math-vision', '--split', 'test', '--from', file('contests.jsonl'));
  install('ocr-bench', '--from', file('signs.json'));
  install(
    'refcoco',
    '--split',
    'refcoco_val',
    '--from',
    file('refcoco_val.json'),
    '--images',
    file('images'),
  );
}
