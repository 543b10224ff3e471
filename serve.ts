import { createServer } from 'node:http';
import { door } from './server/door';
import { env, readEnv } from './server/env';

// The production server: Next behind our door. Bundled to dist/serve.mjs.
async function serve(): Promise<void> {
  Object.assign(process.env, { NODE_ENV: 'production' });
  const { PORT, HOST } = process.env;
  const { PORT: port, HOST: hostname = 'localhost' } = readEnv({ PORT, HOST });
  const { default: next } = await import('next');
  const app = next({ dev: false, port, hostname });
  // Reads .env.local, and starts what server/start.ts says.
  await app.prepare();
  const server = createServer(door(app.getRequestHandler()));
  // A large file may come slowly; one that hardly comes is given up by the door.
  server.requestTimeout = 0;
  server.on('error', (error) =>
    stop(`Port ${port} cannot be listened on (${error.message}): set PORT to another.`),
  );
  server.listen(port, env().HOST);
}

function stop(sentence: string): void {
  console.error(sentence);
  process.exit(1);
}

serve().catch((error: unknown) => stop(error instanceof Error ? error.message : String(error)));
