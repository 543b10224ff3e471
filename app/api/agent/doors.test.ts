import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AgentEvent, PROTOCOL } from '@/lib/training/protocol';
import { principalOf } from '@/server/auth';
import { type Database, job, openDatabase, setDatabase } from '@/server/db';
import { createAgent, createJobs, jobPage, logOf, newJobs } from '@/server/training';
import { HEAD as askBlob, PATCH as sendBlob } from './blobs/[hash]/route';
import { POST as act } from './jobs/[id]/[action]/route';
import { POST as lease } from './lease/route';

/** What agents send that cannot be taken, each with its sentence; nothing of it is kept. */

const { folder, TOKEN } = vi.hoisted(() => {
  const folder = `${process.env.TMPDIR ?? '/tmp'}/ocean-agent-doors-${process.pid}-${Date.now()}`;
  const TOKEN = 'token-of-the-team-here';
  Object.assign(process.env, {
    OCEAN_DATA_DIR: folder,
    OCEAN_TOKEN: TOKEN,
    LOG_LEVEL: 'silent',
    DATABASE_URL: '',
  });
  return { folder, TOKEN };
});
const MACHINE = { host: 'box', system: '', cores: 1, memory: 1, diskFree: 1, cards: [], versions: {} };
const WRITER = { role: 'writer' } as const;

let database: Database;
let token: string;
let id: string;
let held: string;
beforeAll(async () => {
  database = await openDatabase({ url: undefined, dataDir: folder });
  setDatabase(database);
  token = (await createAgent('a box')).token;
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.db.delete(job);
  const start = { kind: 'path' as const, path: 'model' };
  const chain = [{ kind: 'export' as const, start, rows: [ROWS] }];
  [id = ''] = await createJobs(newJobs.parse({ name: 'Toy', chain }), 'team');
  const reply = await (await ask({ protocol: PROTOCOL, machine: MACHINE })).json();
  held = reply.job.lease;
});
const ROWS = {
  name: 'val',
  split: 'val' as const,
  count: 1,
  seed: 1,
  size: 96,
  tasks: null,
  further: false,
};

const request = (body: BodyInit, headers: Record<string, string> = {}, method = 'POST') =>
  new Request('http://localhost/api/agent', {
    method,
    body,
    headers: { authorization: `Bearer ${token}`, 'x-lease': held ?? '', ...headers },
  });
const ask = (body: object, headers?: Record<string, string>) => lease(request(JSON.stringify(body), headers));
const tell = (body: BodyInit, headers?: Record<string, string>) =>
  act(request(body, headers), { params: Promise.resolve({ id, action: 'events' }) });
const at = '2026-01-01T00:00:00Z';
const events = (...told: AgentEvent[]) =>
  JSON.stringify({ events: told.map((event, seq) => ({ seq, at, event })) });
const metrics = (step: number): AgentEvent => ({ type: 'metrics', step, values: { loss: 0 } });
const refusal = async (response: Response) => ({ status: response.status, ...(await response.json()) });

describe('the doors of the agents', () => {
  test('open to a token of theirs alone, and that opens no other', async () => {
    for (const authorization of [`Bearer ${TOKEN}`, `Bearer ${held}`, 'Bearer none', '']) {
      const answer = await refusal(await ask({ protocol: PROTOCOL, machine: MACHINE }, { authorization }));
      expect(answer).toMatchObject({
        status: 401,
        error: expect.stringContaining('not the token of an agent'),
      });
    }
    expect(principalOf(new Headers({ authorization: `Bearer ${token}` }))).toEqual({ role: 'visitor' });
    expect(principalOf(new Headers({ authorization: `Bearer ${held}` }))).toEqual({ role: 'visitor' });
    const other = (await createAgent('another box')).token;
    const answer = await refusal(await tell(events(metrics(1)), { authorization: `Bearer ${other}` }));
    expect(answer).toMatchObject({ status: 409, kind: 'lease-lost' });
  });

  test('speak one version of the protocol, and say which of the two is older', async () => {
    expect(await refusal(await ask({ protocol: PROTOCOL + 1, machine: MACHINE }))).toMatchObject({
      status: 409,
      error: expect.stringMatching(/version 1 .* the agent version 2: bring the older of the two up to date/),
    });
  });

  test('take 1,000 events at once, and not one more', async () => {
    const many = Array.from({ length: 1_001 }, (_, n) => metrics(n));
    expect(await refusal(await tell(events(...many)))).toMatchObject({ status: 400, kind: 'refused' });
    const answer = await tell(events(...many.slice(1)));
    expect([answer.status, await answer.json()]).toEqual([200, { nextSeq: 1_000 }]);
  });

  test('take what is no number by its name, and no JSON that is none', async () => {
    const odd = events({ type: 'metrics', step: 1, values: { loss: 'NaN' } });
    expect(await refusal(await tell(odd.replace('"NaN"', 'NaN')))).toMatchObject({
      error: 'The body is not JSON.',
    });
    expect((await tell(odd)).status).toBe(200);
  });

  test('take no text without end, gzipped or not', async () => {
    const endless = events({ type: 'log', lines: ['x'.repeat(20_000_000)] });
    const packed = gzipSync(endless);
    expect(packed.length).toBeLessThan(100_000);
    for (const answer of [await tell(endless), await tell(packed, { 'content-encoding': 'gzip' })])
      expect(await refusal(answer)).toMatchObject({
        status: 413,
        error: 'Send at most 8 MB at once, before and after gzip.',
      });
    expect(await refusal(await tell('x', { 'content-encoding': 'gzip' }))).toMatchObject({
      error: 'The body says that it is gzip, and is not.',
    });
    const long = await refusal(await tell(events({ type: 'log', lines: ['x'.repeat(16_001)] })));
    expect(long).toMatchObject({ status: 400, error: expect.stringContaining('What was sent is not taken') });
    expect(await logOf(id, WRITER, { limit: 10 })).toEqual([]);
  });

  test('keep no file that is another one, nor tell of one that is not here', async () => {
    const sha256 = createHash('sha256').update('right').digest('hex');
    const params = Promise.resolve({ hash: sha256 });
    const send = (text: string) =>
      sendBlob(
        new Request(`http://localhost/?kind=checkpoint&bytes=5`, {
          method: 'PATCH',
          body: text,
          headers: { authorization: `Bearer ${token}`, 'upload-offset': '0' },
        }),
        { params },
      );
    expect(await refusal(await send('wrong'))).toMatchObject({
      status: 400,
      error: expect.stringContaining('its sha256 is another one'),
    });
    const here = await askBlob(
      new Request('http://localhost/', { method: 'HEAD', headers: { authorization: `Bearer ${token}` } }),
      { params },
    );
    expect(here.headers.get('upload-offset')).toBe('0');
    const file = { path: 'model.safetensors', sha256, bytes: 5 };
    const told = events({ type: 'files', purpose: 'export', step: 0, files: [file] });
    expect(await refusal(await tell(told))).toMatchObject({ error: expect.stringContaining('is not here') });
    expect((await jobPage(id, WRITER))?.files).toEqual([]);
    expect((await send('right')).status).toBe(204);
    expect((await tell(told)).status).toBe(200);
  });
});
