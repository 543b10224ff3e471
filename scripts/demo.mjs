// `npm run demo`: from a fresh clone to a running product. Installs, builds, starts; the server migrates and seeds itself.
import { createServer } from 'node:net';
import { build, checkNode, install, say, startServer, stop, untilHealthy, writeToken } from './setup.mjs';

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });

async function freePort() {
  const wanted = process.env.PORT === undefined ? 3000 : Number(process.env.PORT);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65535)
    stop(`PORT is "${process.env.PORT}"; set it to a number from 1 to 65535.`);
  if (process.env.PORT !== undefined && !(await isFree(wanted)))
    stop(`Port ${wanted} is taken; set PORT to another.`);
  for (let port = wanted; port < wanted + 50; port++) if (await isFree(port)) return port;
  return stop(`Ports ${wanted} to ${wanted + 49} are all taken; set PORT to a free one.`);
}

checkNode();
install();
build();
const token = writeToken();
const port = await freePort();
const address = `http://localhost:${port}`;
say('Starting …');
const server = startServer(port, {
  OCEAN_TOKEN: token,
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
  // For this machine alone, unless its owner says otherwise.
  HOST: process.env.HOST ?? '127.0.0.1',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.once('exit', (code) => process.exit(code ?? 0));
try {
  await untilHealthy(address, server);
} catch (error) {
  stop(error.message);
}
say(`
  Ocean-R1 is at ${address}

  To submit predictions, use this token:  ${token}
  (kept in .env.local; press Ctrl+C to stop)

  To train here too, start an agent in a second terminal:  ${port === 3000 ? '' : `PORT=${port} `}npm run agent
`);
