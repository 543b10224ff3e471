// What the figures on trainings share: the trainer's own agents, a toy that they train, and a proxy between them and the server.
import { execFile, spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { stop } from '../scripts/setup.mjs';
import { trainer, trainerPython } from '../scripts/trainer.mjs';

export const python = trainerPython() ?? stop('This needs Python 3.11 or newer; none was found.');

/** The recipe of a toy run as TOML, and the model's folder: a few thousand weights, and coloured squares to count. */
export async function toy(folder, settings) {
  const script = `
import json, sys
from pathlib import Path
from toy import recipe, toy
folder = Path(sys.argv[1])
folder.mkdir(parents=True)
paths = toy(folder)
print(json.dumps({"model": str(paths["model"]), "toml": recipe(paths, folder / "by-hand", "grpo", **json.loads(sys.argv[2]))}))`;
  const env = { ...process.env, PYTHONPATH: `${join(trainer, 'tests')}:${trainer}` };
  const asked = JSON.stringify({ stage: 1, prompts_per_step: 3, ...settings });
  const { stdout } = await promisify(execFile)(python, ['-c', script, folder, asked], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

export const trainingOf = ({ toml, model }, overrides = {}) => ({
  kind: 'train',
  recipe: { toml, overrides },
  start: { kind: 'path', path: model },
  rows: [],
});

/** An agent on this machine, in a folder of its own. */
export const startAgent = (address, token, work, { env = {}, options = [], stdio = 'ignore' } = {}) =>
  spawn(python, ['-m', 'ocean_r1', 'agent', '--server', address, '--work', work, ...options], {
    cwd: trainer,
    env: { ...process.env, OCEAN_AGENT_TOKEN: token, OMP_NUM_THREADS: '1', ...env },
    stdio,
  });

export const ended = (child) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));

/** Ends a child at once; resolves when it is gone. */
export function kill(child, signal = 'SIGKILL') {
  const gone = ended(child);
  child.kill(signal);
  return gone;
}

/**
 * Stands between agents and the server. `cut` drops all that comes and all that is open; `heard` is told of every request
 * that the server answered, whether or not the agent lived to hear of it.
 */
export async function startProxy(port, target, heard = () => {}) {
  const open = new Set();
  let isCut = false;
  const server = createServer(async (incoming, outgoing) => {
    if (isCut) return incoming.socket.destroy();
    const parts = [];
    try {
      for await (const part of incoming) parts.push(part);
    } catch {
      return; // the agent was killed
    }
    const body = Buffer.concat(parts);
    const { host: _, ...headers } = incoming.headers;
    const onward = request(
      `${target}${incoming.url}`,
      { method: incoming.method, headers },
      async (reply) => {
        const received = [];
        try {
          for await (const part of reply) received.push(part);
        } catch {
          return outgoing.destroy(); // the server was killed
        }
        const answer = Buffer.concat(received);
        heard({ url: incoming.url, headers }, body, reply.statusCode, answer);
        if (isCut) return outgoing.destroy();
        outgoing.writeHead(reply.statusCode, reply.headers).end(answer);
      },
    );
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise((resolve) => server.listen(port, resolve));
  return {
    address: `http://localhost:${port}`,
    cut(now) {
      isCut = now;
      if (now) for (const socket of open) socket.destroy();
    },
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** What was sent, gzipped or not. */
export const jsonOf = (headers, body) =>
  JSON.parse(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);

export const seconds = (n) => new Promise((resolve) => setTimeout(resolve, n * 1_000));
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Numbers that are the same for a seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A query of tRPC as the team makes it; null while no server answers. */
export async function ask(address, token, procedure, input) {
  const query = new URLSearchParams({ input: JSON.stringify({ json: input }) });
  try {
    const reply = await fetch(`${address}/api/trpc/training.${procedure}?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return reply.ok ? (await reply.json()).result.data.json : null;
  } catch {
    return null;
  }
}
