// What one visitor can do to all others: health and a static file are asked for ten times a second meanwhile.
import { connect } from 'node:net';
import { serving } from './serving.mjs';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function hostile() {
  await serving(4199, async ({ address, probed }) => {
    const { host, port } = { host: '127.0.0.1', port: Number(new URL(address).port) };
    await probed('nothing', () => wait(5_000));

    await probed('24 bodies of 11.5 MB of empty turns', async () => {
      const body = Buffer.from(`{"json":{"conversation":{"turns":[${'{},'.repeat(3_800_000)}{}]}}}`);
      const headers = { 'content-type': 'application/json' };
      return statusesOf(
        Array.from({ length: 24 }, () =>
          fetch(`${address}/api/trpc/share.create`, { method: 'POST', headers, body }),
        ),
      );
    });
    await probed('3,000 guesses of a token', async () => {
      const counts = {};
      for (let n = 0; n < 3_000; n += 50)
        await Promise.all(Array.from({ length: 50 }, (_, i) => guess(n + i)));
      async function guess(n) {
        const headers = {
          authorization: `Bearer guess-number-${n}`,
          'x-forwarded-for': `1.2.${n >> 8}.${n & 255}`,
        };
        const { status } = await fetch(`${address}/api/trpc/submissions.session`, { headers });
        counts[status] = (counts[status] ?? 0) + 1;
      }
      return JSON.stringify(counts);
    });
    await probed('100 bodies that stall', async () => {
      const sockets = Array.from({ length: 100 }, () => stalled(host, port));
      await wait(30_000);
      return `${sockets.filter((socket) => !socket.closed).length} still open after 30 s`;
    });
  });
}

async function statusesOf(answers) {
  // A body that is not begun ends with its connection.
  const status = (answer) =>
    answer.then(
      (response) => response.status,
      () => 'cut',
    );
  const statuses = await Promise.all(answers.map(status));
  return [...new Set(statuses)]
    .map((each) => `${each} x ${statuses.filter((s) => s === each).length}`)
    .join(', ');
}

function stalled(host, port) {
  const socket = connect(port, host)
    .on('error', () => {})
    .resume();
  socket.write(
    'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 11000000\r\n\r\n{"endpoint":"',
  );
  return socket;
}
