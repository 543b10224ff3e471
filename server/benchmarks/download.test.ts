import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DownloadProgress, download } from './download';

const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

let folder: string;
let server: Server;
let address: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: (string | undefined)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocean-download-'));
  asked = [];
  cut = () => {};
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/rows.jsonl?signed=1`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** Cuts the connection once what was sent has come: what has not been read by then is lost with it. */
let cut: (received: number) => void;
const fetched = (onProgress: (progress: DownloadProgress) => void = () => {}, stallMs?: number) =>
  download(
    address,
    folder,
    (progress) => {
      onProgress(progress);
      cut(progress.received);
    },
    stallMs,
  );

/** Sends the file from where it is asked to, of which the first `bytes` come. */
function serve(file: Buffer, { etag = '"one"', bytes = file.length, ranges = true } = {}) {
  return ({ headers }: IncomingMessage, response: ServerResponse) => {
    const asksRest = ranges && headers['if-range'] === etag;
    const start = asksRest ? Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0) : 0;
    response.writeHead(start > 0 ? 206 : 200, {
      etag,
      'content-length': file.length - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` }),
    });
    cut = (received) => {
      if (received === start + bytes) response.destroy();
    };
    response.write(file.subarray(start, start + bytes));
    if (start + bytes >= file.length) response.end();
  };
}

describe('a download', () => {
  it('is the file, by the name in its address, and leaves nothing behind', async () => {
    answer = serve(FILE);
    const told: unknown[] = [];
    const { name, bytes } = await fetched((progress) => told.push(progress));
    expect(name).toBe('rows.jsonl');
    expect(Buffer.compare(Buffer.from(bytes), FILE)).toBe(0);
    expect(told.at(-1)).toEqual({ received: FILE.length, total: FILE.length });
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes on where it was cut, as long as something new comes', async () => {
    answer = serve(FILE, { bytes: 70_000 });
    const { bytes } = await fetched();
    expect(Buffer.compare(Buffer.from(bytes), FILE)).toBe(0);
    expect(asked).toEqual([undefined, 'bytes=70000-', 'bytes=140000-', 'bytes=210000-', 'bytes=280000-']);
  });

  it('is given up where nothing new comes, keeps its part, and a later one takes that up', async () => {
    let first = true;
    answer = (request, response) => {
      if (first) serve(FILE, { bytes: 70_000 })(request, response);
      else response.destroy();
      first = false;
    };
    await expect(fetched()).rejects.toThrow(/connection was cut.*; what came of it is kept/);
    expect(await readdir(folder)).toHaveLength(2);

    asked = [];
    answer = serve(FILE);
    const { bytes } = await fetched();
    expect(asked).toEqual(['bytes=70000-']);
    expect(Buffer.compare(Buffer.from(bytes), FILE)).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['has another file by then', { etag: '"two"' }],
    ['knows no ranges', { ranges: false }],
  ])('begins anew where the server %s', async (_, how) => {
    const other = Buffer.from(FILE).reverse();
    let first = true;
    answer = (request, response) => {
      serve(first ? FILE : other, first ? { bytes: 70_000 } : how)(request, response);
      first = false;
    };
    const { bytes } = await fetched();
    expect(Buffer.compare(Buffer.from(bytes), other)).toBe(0);
  });

  it('begins anew where the server refuses the rest, or sends another part than was asked for', async () => {
    let count = 0;
    answer = (request, response) => {
      count++;
      if (count === 1) serve(FILE, { bytes: 70_000 })(request, response);
      else if (count === 2) response.writeHead(416).end();
      else if (count === 3) serve(FILE, { bytes: 70_000 })(request, response);
      else if (count === 4)
        response.writeHead(206, { 'content-range': `bytes 0-9/${FILE.length}` }).end('0123456789');
      else serve(FILE)(request, response);
    };
    const { bytes } = await fetched();
    expect(Buffer.compare(Buffer.from(bytes), FILE)).toBe(0);
  });

  it('of a server that goes silent is asked for again', async () => {
    let first = true;
    answer = (request, response) => {
      if (!first) return serve(FILE)(request, response);
      first = false;
      response.writeHead(200, { etag: '"one"', 'content-length': FILE.length });
      response.write(FILE.subarray(0, 1_000));
    };
    const { bytes } = await fetched(undefined, 200);
    expect(asked).toEqual([undefined, 'bytes=1000-']);
    expect(Buffer.compare(Buffer.from(bytes), FILE)).toBe(0);
  });

  it('that is refused says so at once, without what is secret of its address', async () => {
    answer = (_, response) => response.writeHead(404).end();
    await expect(fetched()).rejects.toThrow(/\/data\/rows\.jsonl answered 404 Not Found: check/);
    expect(asked).toHaveLength(1);
    answer = (_, response) => response.writeHead(503).end();
    await expect(fetched()).rejects.toThrow(/answered 503/);
    expect(asked).toHaveLength(4);
  });
});
