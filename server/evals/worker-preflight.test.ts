import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BENCHMARKS, benchmarkOf } from '@/lib/benchmarks/registry';
import { install } from '../benchmarks';
import { counting, predictions } from './test-programs';
import { findingsOf } from './worker-preflight';
import { GAUGE, type WorkerMessage } from './worker-protocol';

const folder = mkdtempSync(join(tmpdir(), 'ocean-preflight-'));
const path = join(folder, 'rows.jsonl');
beforeAll(async () => {
  const annotations = join(folder, 'counting.jsonl');
  writeFileSync(annotations, counting.map((row) => JSON.stringify(row)).join('\n'));
  await install(folder, BENCHMARKS['superclevr-200'], null, annotations);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By a clock that goes on by a ms each time it is looked at. */
async function messagesWithin(lookMs: number, content: string): Promise<WorkerMessage[]> {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now++);
  const messages: WorkerMessage[] = [];
  writeFileSync(path, content);
  const gauges = new SharedArrayBuffer(4 * GAUGE.length);
  await findingsOf(
    {
      kind: 'preflight',
      ...{ path, fileName: 'rows.jsonl', dataDir: folder, gauges, lookMs },
      ...{ benchmark: 'superclevr-200', split: 'test' },
    },
    (message) => messages.push(message),
    benchmarkOf,
  );
  clock.mockRestore();
  return messages;
}

test('all rows are looked at where there is time, and scored', async () => {
  expect(await messagesWithin(1_000, predictions(150))).toMatchObject([
    { type: 'findings', findings: { rows: 200, whole: true, matched: 200, missing: 0, problems: [] } },
    { type: 'accuracy', recomputed: { accuracy: 75 } },
    { type: 'done' },
  ]);
});

test('else the first, and nothing is held against the file that the others may set right', async () => {
  const strangers = '{"sample_id":"none","output":"x"}\n'.repeat(200);
  const [findings, ...others] = await messagesWithin(100, strangers + predictions(150));
  expect(findings).toMatchObject({
    findings: { whole: false, matched: 0, claimedAccuracy: null, problems: [] },
  });
  expect(findings).toMatchObject({ findings: { rows: expect.closeTo(100, -1) } });
  expect(others).toEqual([{ type: 'done', result: null }]);
});

test('bytes in which no row ends do not go on either', async () => {
  const [findings] = await messagesWithin(250, `${predictions(3)}${'\n'.repeat(20_000_000)}`);
  expect(findings).toMatchObject({ findings: { whole: false } });
});
