import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { TALK_SAMPLES, talk, talkReply } from '@/lib/world/talk';
import { talkJudge } from './talk';

const folder = mkdtempSync(join(tmpdir(), 'ocean-talk-'));
afterAll(() => rmSync(folder, { recursive: true }));

const all = Array.from({ length: TALK_SAMPLES }, (_, n) => {
  const made = talk('test-talk', n, 224);
  return { sample_id: `${made.kind}-${String(n).padStart(3, '0')}`, output: talkReply(made) };
});

async function judged(rows: readonly unknown[]): Promise<string> {
  const file = join(folder, 'predictions.jsonl');
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  try {
    await talkJudge.run([file]);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

test('right replies are all fitting, behind the header that predictions have', async () => {
  const told = await judged([{ benchmark: 'ocean-world', split: 'test-talk' }, ...all]);
  expect(told).toMatch(/^greeting +30 +100\.0 \(89 to 100\) +0\.0 \(0 to 11\)$/m);
  expect(told).toMatch(/^all +300 +100\.0 \(99 to 100\) +0\.0 \(0 to 1\)$/m);
});

test('what is missing does not fit, and a number for a greeting is absurd', async () => {
  const told = await judged(
    all
      .filter((_, n) => n >= 3)
      .map((row) => (row.sample_id === 'greeting-010' ? { ...row, output: '7' } : row)),
  );
  expect(told).toMatch(/^greeting +30 +93\.3 .* 3\.3 /m);
  expect(told).toMatch(/^all +300 +98\.7 .* 0\.3 /m);
});

test('a file of something else is refused', async () => {
  await expect(judged([all[0], { text: 'hello' }])).rejects.toThrow(/line 2 is no/);
  await expect(judged([all[0], all[0]])).rejects.toThrow(/line 2: "greeting-000" stands twice/);
  await expect(judged([{ sample_id: 'counting-000001', output: '3' }])).rejects.toThrow(
    /no sample "counting-000001"/,
  );
});
