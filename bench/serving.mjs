// A production server on a data folder of its own, for the figures that are taken through the web.
import { execFileSync, execSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, root, startServer, untilHealthy } from '../scripts/setup.mjs';

export const TOKEN = 'bench-token-0000001';

/** Builds if needed, starts, and hands over `{ address, folder, ocean, call, upload, memory }`; `use` may take its time. */
export async function serving(port, use) {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  const env = {
    OCEAN_DATA_DIR: join(folder, 'data'),
    OCEAN_TOKEN: TOKEN,
    DATABASE_URL: '',
    LOG_LEVEL: 'warn',
  };
  const ocean = (...args) =>
    execFileSync(process.execPath, [join(root, 'cli/bin.mjs'), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    });
  const address = `http://localhost:${port}`;
  const started = performance.now();
  const server = startServer(port, env);
  try {
    await untilHealthy(address, server);
    await use({
      address,
      folder,
      ocean,
      startMs: performance.now() - started,
      call: (procedure, input) => call(address, procedure, input),
      upload: (bytes) => upload(address, bytes),
      memory: () => memoryOf(server.pid),
      cpuSeconds: () => cpuOf(server.pid),
    });
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs annotations into the data folder of an environment. */
export const installWith = (env, ...args) =>
  execFileSync(process.execPath, [join(root, 'cli/bin.mjs'), 'benchmarks', 'install', ...args], {
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
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ json: input }),
  });
  return (await answer(response)).result.data.json;
}

async function upload(address, bytes) {
  const response = await fetch(`${address}/api/blobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${TOKEN}` },
    body: bytes,
  });
  return answer(response);
}

/** Resident memory of a process and all its children, in MB. */
function memoryOf(pid) {
  const children = execSync(`ps -o pid= --ppid ${pid} || true`, { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const own = Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
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
