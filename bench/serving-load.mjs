// Pages under load: wrk, 200 connections for 20 s each (OCEAN_BENCH_SECONDS), on the machine that serves. Needs wrk (`apt-get install wrk`).
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { promisify } from 'node:util';
import { serving } from './serving.mjs';

const SECONDS = Number(process.env.OCEAN_BENCH_SECONDS ?? 20);
/** Of a run that was scored here. */
const RUN_ID = /"runId":"([\da-f]{8}-[\da-f-]{27})"/;
const GOALS = { '/leaderboard': 600, 'a run’s page': 150, 'board API': 1_500 };
export const pagesOf = (runId) => ({
  '/leaderboard': '/leaderboard',
  'a run’s page': `/runs/${runId}`,
  'board API': '/api/trpc/leaderboard.board',
});

export async function servingLoad() {
  await serving(4198, async ({ address, memory, cpuSeconds }) => {
    const runId = await untilPublished(address);
    for (const [name, path] of Object.entries(pagesOf(runId))) {
      await (await fetch(`${address}${path}`)).text();
      const [cpu, before, load] = [cpuSeconds(), memory(), loadavg()[0]];
      const told = await wrk(`${address}${path}`, 200, SECONDS);
      const rate = (Number(told.requests) / SECONDS).toFixed(0);
      console.log(
        `${name.padEnd(14)} ${rate.padStart(6)}/s of ${GOALS[name]}   p50 ${told.p50}  p99 ${told.p99}   errors ${told.errors}` +
          `   server ${((cpuSeconds() - cpu) / SECONDS).toFixed(2)} cores, wrk ${told.cores} cores` +
          `   memory ${before.toFixed(0)} -> ${memory().toFixed(0)} MB   load before ${load.toFixed(1)}`,
      );
    }
  });
}

/** The server hands in Nano's predictions by itself, and scores them. @returns the id of their run. */
export async function untilPublished(address) {
  for (;;) {
    const board = await (await fetch(`${address}/api/trpc/leaderboard.board`)).text();
    const [, runId] = board.match(RUN_ID) ?? [];
    if (runId) return runId;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export async function wrk(url, connections, seconds) {
  const { stdout, stderr } = await promisify(execFile)('bash', [
    '-c',
    `TIMEFORMAT='cpu %U %S'; time wrk -t1 -c${connections} -d${seconds}s --latency ${url}`,
  ]);
  const found = (pattern) => stdout.match(pattern)?.[1] ?? '0';
  const [, user = '0', system = '0'] = stderr.match(/cpu ([\d.]+) ([\d.]+)/) ?? [];
  return {
    requests: found(/(\d+) requests in/),
    p50: found(/^\s*50%\s+(\S+)/m),
    p99: found(/^\s*99%\s+(\S+)/m),
    errors:
      [stdout.match(/Socket errors.*/)?.[0], stdout.match(/Non-2xx.*/)?.[0]].filter(Boolean).join(' ') || 0,
    cores: ((Number(user) + Number(system)) / seconds).toFixed(2),
  };
}
