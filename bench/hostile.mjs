// What one visitor can do to all others: health and a static file are asked for ten times a second meanwhile.
import { connect } from 'node:net';
import { FILES } from './hostile-files.mjs';
import { installGeoqa } from './promises.mjs';
import { auth, peakDuring, serving } from './serving.mjs';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function hostile() {
  await serving(4199, async (server) => {
    const { address, probed } = server;
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
    // The minute of wrong tokens is over by then.
    await wait(30_000);
    installGeoqa(server);
    await probed(`${Object.keys(FILES).length} hostile files`, () => handInAll(server));
  });
}

/** Each is uploaded and looked through; a line for each says how long that took from the end of its upload on, and what it is told. */
async function handInAll({ address, upload, memory }) {
  const beyond = [];
  for (const [name, make] of Object.entries(FILES)) {
    const file = Buffer.from(make());
    // Making it may take seconds, in which the server closes its connections: that is heard first.
    await wait(50);
    const { sha256 } = await upload(file);
    const [before, started] = [memory(), performance.now()];
    let words = '';
    const peak = await peakDuring(memory, async () => {
      words = await lookedThrough(address, sha256);
    });
    const ms = performance.now() - started;
    if (ms > 1_000 || peak - before > 200) beyond.push(name);
    console.log(
      `${name.padEnd(44)} ${ms.toFixed(0).padStart(6)} ms  ${(peak - before).toFixed(0).padStart(4)} MB more   ${words.slice(0, 160)}`,
    );
  }
  return `beyond a second or 200 MB: ${beyond.join('; ') || 'none'}`;
}

/** What the preflight says of a file: its refusal, its problems, or what it found. */
async function lookedThrough(address, fileSha256) {
  const input = { fileSha256, fileName: 'predictions.jsonl', benchmark: 'geoqa', split: 'test' };
  const response = await fetch(`${address}/api/trpc/submissions.preflight`, {
    method: 'POST',
    headers: { ...auth, 'content-type': 'application/json' },
    body: JSON.stringify({ json: input }),
  });
  const body = await response.json();
  if (response.status >= 500)
    throw new Error(`a file was answered ${response.status}: ${JSON.stringify(body)}`);
  if (!response.ok) return body.error.json.message;
  const { problems, rows, matched, recomputed } = body.result.data.json;
  return (
    problems.join(' ') ||
    `${rows} rows, ${matched} matched, ${recomputed?.accuracy?.toFixed(1) ?? 'not scored'} %`
  );
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
