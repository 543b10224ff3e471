import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { MODELS, startModelServer } from './model-server';
import { startWeb } from './web';
import { ADDRESS, DATA, INSTALLED, PORT, ROOT, TOKEN } from './world';

/** Starts the production server on a data folder of the process's own; returns what ends it. */
export async function startSite(): Promise<() => Promise<void>> {
  rmSync(DATA, { recursive: true, force: true });
  cpSync(INSTALLED, DATA, { recursive: true });
  // Another server at this address would be tested in place of ours.
  if (await fetch(ADDRESS).then(Boolean, () => false))
    throw new Error(`Something answers at ${ADDRESS} already: end it first.`);
  const endModelServer = await startModelServer();
  // Nothing here reaches the web: what the server and the command fetch from it, they fetch from there.
  const web = await startWeb();
  process.env.REROUTED = web.env.REROUTED;
  Object.assign(process.env, web.env);
  const server = spawn(process.execPath, ['dist/serve.mjs'], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: String(PORT),
      OCEAN_DATA_DIR: DATA,
      OCEAN_TOKEN: TOKEN,
      LOG_LEVEL: 'warn',
      DATABASE_URL: '',
      OCEAN_CHAT_MODELS: JSON.stringify(MODELS),
      ...web.env,
    },
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
