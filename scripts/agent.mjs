// `npm run agent`: an agent for the server that `npm run demo` started on this machine. Makes the trainer's Python environment if
// need be, and has the server make a token for the agent, which is kept in the data folder.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { checkNode, install, root, say, stop, writeToken } from './setup.mjs';
import { trainer, trainerPython } from './trainer.mjs';

const address = process.env.OCEAN_SERVER ?? `http://localhost:${process.env.PORT ?? 3000}`;
const data = process.env.OCEAN_DATA_DIR ?? join(root, '.data');

/** Null where nobody answers. */
const ask = (path, token, body) =>
  fetch(new URL(path, address), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  }).catch(() => null);

/** The agent's token: that of the last time, if the server still knows it, or a new one. */
async function agentToken() {
  const path = join(data, 'agent-token');
  const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  if (kept !== '') {
    // Of an agent that it knows it finds the request without content wrong, and not the token.
    const reply = await ask('/api/agent/lease', kept, {});
    if (reply === null) stop(`No server answers at ${address}: start one with npm run demo, or set PORT.`);
    if (reply.status !== 401) return kept;
  }
  const reply = await ask('/api/trpc/training.createAgent', writeToken(), { json: { name: hostname() } });
  if (reply === null) stop(`No server answers at ${address}: start one with npm run demo, or set PORT.`);
  if (!reply.ok)
    stop(
      `${address} makes no token for an agent (${reply.status}): its write token is not the one of OCEAN_TOKEN or .env.local.`,
    );
  const { token } = (await reply.json()).result.data.json;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  return token;
}

checkNode();
install();
const token = await agentToken();
const python = trainerPython();
if (python === null) stop('The agent needs Python 3.11 or newer; none was found.');
say(`The agent does the jobs of ${address}; Ctrl+C ends it once the step at work is saved.`);
const agent = spawn(python, ['-m', 'ocean_r1', 'agent', '--server', address, ...process.argv.slice(2)], {
  cwd: trainer,
  stdio: 'inherit',
  env: { ...process.env, OCEAN_AGENT_TOKEN: token },
});
// Ctrl+C in a terminal reaches the agent by itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => agent.kill('SIGTERM'));
agent.once('exit', (code) => process.exit(code ?? 1));
