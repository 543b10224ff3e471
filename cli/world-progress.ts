import { count } from './command';

/** How far it is, at what rate, and how long it will take: on a terminal one line that changes, elsewhere a line a few seconds. */
export function showProgress(total: number): { add(rows: number): void; end(): void } {
  const { stderr } = process;
  const interval = stderr.isTTY ? 200 : 5000;
  const started = performance.now();
  let shown = started;
  let done = 0;
  const line = (now: number) => {
    const seconds = (now - started) / 1000;
    const rate = done / seconds;
    return `${count(done)} of ${count(total)} rows, ${rate.toFixed(0)} rows/s, ${duration((total - done) / rate)} left`;
  };
  return {
    add(rows) {
      done += rows;
      const now = performance.now();
      if (now - shown < interval) return;
      shown = now;
      stderr.write(stderr.isTTY ? `\r${line(now)}\x1b[K` : `${line(now)}\n`);
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\x1b[K');
    },
  };
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
