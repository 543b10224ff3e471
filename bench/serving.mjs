// A production server on a data folder of its own, for the figures that are taken through the web.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, root, startServer, untilHealthy } from '../scripts/setup.mjs';
import { probe, told } from './probe.mjs';

export const TOKEN = 'bench-token-0000001';
export const auth = { authorization: `Bearer ${TOKEN}` };

/** That of an empty database of yours, for the figures on Postgres; the embedded one where unset. */
const { OCEAN_BENCH_DATABASE_URL: DATABASE_URL = '' } = process.env;

/** Builds if needed, starts, and hands over `{ address, folder, ocean, call, upload, memory }`; `use` may take its time. */
export async function serving(port, use) {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  const env = {
    OCEAN_DATA_DIR: join(folder, 'data'),
    OCEAN_TOKEN: TOKEN,
    DATABASE_URL,
    LOG_LEVEL: 'warn',
  };
  const ocean = oceanWith(env);
  const address = `http://localhost:${port}`;
  const started = performance.now();
  const server = startServer(port, env);
  try {
    await untilHealthy(address, server);
    const memory = () => memoryOf(server.pid);
    await use({
      address,
      folder,
      ocean,
      startMs: performance.now() - started,
      call: (procedure, input) => call(address, procedure, input),
      upload: (bytes) => upload(address, bytes),
      memory,
      probed: (name, work) => probed(address, memory, name, work),
      cpuSeconds: () => cpuOf(server.pid),
    });
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command, in an environment. */
export const oceanWith =
  (env) =>
  (...args) =>
    execFileSync(process.execPath, [join(root, 'cli/bin.mjs'), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    });

async function answer(response) {
  const body = await response.json();
  if (!response.ok)
    throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(body).slice(0, 500)}`);
  return body;
}

/** A tRPC mutation as the browser sends it. */
async function call(address, procedure, input) {
  const response = await fetch(`${address}/api/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...auth },
    body: JSON.stringify({ json: input }),
  });
  return (await answer(response)).result.data.json;
}

async function upload(address, bytes) {
  const response = await fetch(`${address}/api/blobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', ...auth },
    body: bytes,
  });
  return answer(response);
}

/** Resident memory of a process and all its children, in MB. */
function memoryOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  const own = Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1] ?? 0) / 1024;
  return own + children.reduce((sum, child) => sum + memoryOf(Number(child)), 0);
}

/** What a process has taken of the processors so far, in seconds; Linux counts in hundredths. */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/** Does something, and prints how health and a static file are answered meanwhile, and what `work` says of itself. */
async function probed(address, memory, name, work) {
  const chunk = readdirSync(join(root, '.next/static/chunks')).find((file) => file.endsWith('.js'));
  const end = probe([`${address}/api/health`, `${address}/_next/static/chunks/${chunk}`]);
  const started = performance.now();
  let said;
  const peak = await peakDuring(memory, async () => {
    said = await work();
  });
  const seconds = (performance.now() - started) / 1_000;
  const [health, file] = await end();
  console.log(
    `${name.padEnd(48)} ${seconds.toFixed(1).padStart(6)} s   health ${told(health)}   static ${told(file)}` +
      `   memory at most ${peak.toFixed(0)} MB   load ${loadavg()[0].toFixed(1)}   ${said ?? ''}`,
  );
}

/** Highest memory while `work` runs, sampled ten times a second. */
export async function peakDuring(memory, work) {
  let peak = memory();
  const timer = setInterval(() => {
    peak = Math.max(peak, memory());
  }, 100);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, memory());
}
