import { expect, test, vi } from 'vitest';
import { drawable, shareCard } from './share-card';

test('only signs of the font are drawn, in a line', () => {
  expect(drawable('Größe 27.5 → 55.3 – “so”…')).toBe('Größe 27.5 -> 55.3 – “so”…');
  expect(drawable('模型 Tide\u202e 2B 🌊\n')).toBe('Tide 2B');
});

test('a card is a PNG, made without asking anybody', async () => {
  const asked = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('asked the web'));
  const card = shareCard({
    kind: 'Run',
    title: '模型 “Größe”, 🌊 of a strange name',
    lines: ['Right: “5 – 6…”', ''],
    figure: { value: '55.3', beside: '53.1–57.4' },
  });
  const bytes = new Uint8Array(await card.arrayBuffer());
  expect([...bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  expect(asked.mock.calls.filter(([url]) => String(url).startsWith('http'))).toEqual([]);
});
