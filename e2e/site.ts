import { execFileSync, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MODELS, startModelServer } from './model-server';
import { startWeb } from './web';
import { ADDRESS, FOLDER, file, PORT, TOKEN, writeWorld } from './world';

const root = join(FOLDER, '..', '..', '..');

/** Makes the world, installs its annotations by the CLI, starts the production server on it; returns what ends it all. */
export async function startSite(): Promise<() => Promise<void>> {
  if (!existsSync(join(root, '.next', 'BUILD_ID')))
    throw new Error('There is no production build: run `npm run build`.');
  rmSync(FOLDER, { recursive: true, force: true });
  writeWorld();
  const env = {
    ...process.env,
    OCEAN_DATA_DIR: join(FOLDER, 'data'),
    OCEAN_TOKEN: TOKEN,
    LOG_LEVEL: 'warn',
    DATABASE_URL: '',
    OCEAN_CHAT_MODELS: JSON.stringify(MODELS),
  };
  const ocean = (...args: string[]) =>
    execFileSync(process.execPath, [join(root, 'cli/bin.mjs'), ...args], { cwd: root, env });
  // The server would write it by itself, in the background, while the first pages are looked at.
  ocean('benchmarks', 'install', 'ocean-world');
  ocean('benchmarks', 'install', 'superclevr-200', '--from', file('counting.jsonl'));
  ocean('benchmarks', 'install', 'geoqa', '--from', file('geometry.jsonl'), '--images', file('drawings'));
  ocean('benchmarks', 'install', 'math-vision', '--split', 'test', '--from', file('contests.jsonl'));
  ocean('benchmarks', 'install', 'ocr-bench', '--from', file('signs.json'));
  ocean(
    'benchmarks',
    'install',
    'refcoco',
    '--split',
    'refcoco_val',
    '--from',
    file('refcoco_val.json'),
    '--images',
    file('images'),
  );

  // Another server at this address would be tested in place of ours.
  if (await fetch(ADDRESS).then(Boolean, () => false))
    throw new Error(`Something answers at ${ADDRESS} already: end it first.`);
  const endModelServer = await startModelServer();
  // Nothing here reaches the web: what the server and the command fetch from it, they fetch from there.
  const web = await startWeb();
  process.env.REROUTED = web.env.REROUTED;
  Object.assign(process.env, web.env);
  const server = spawn(process.execPath, ['dist/serve.mjs'], {
    cwd: root,
    env: { ...env, ...web.env, PORT: String(PORT) },
    stdio: 'inherit',
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  for (;;) {
    if (server.exitCode !== null)
      throw new Error(`The server ended with ${server.exitCode} before it was ready.`);
    const healthy = await fetch(`${ADDRESS}/api/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) break;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return async () => {
    server.kill('SIGTERM');
    await ended;
    endModelServer();
    web.end();
  };
}
