import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplyText } from './reply-text';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a character that is spread over tokens comes out once, whole', () => {
  const text = new ReplyText([]);
  const all = bytes('a🦭b');
  const shown = [...all].map((byte) => {
    text.add(Uint8Array.of(byte));
    return text.take();
  });
  expect(shown).toEqual(['a', '', '', '', '🦭', 'b']);
  expect(text.end()).toBe('');
});

test('half a character at the end is told as such', () => {
  const text = new ReplyText([]);
  text.add(Uint8Array.of(0x41, 0xf0, 0x9f));
  expect(text.take()).toBe('A');
  expect(text.end()).toBe('\u{fffd}');
});

test('the reply ends before a stop string, and shows none of its beginning', () => {
  const text = new ReplyText(['</answer>', 'END']);
  text.add(bytes('twelve</ans'));
  expect(text.take()).toBe('twelve');
  text.add(bytes('we'));
  expect(text.stopped).toBe(false);
  text.add(bytes('r> and more'));
  expect(text.stopped).toBe(true);
  expect(text.end()).toBe('');
});

test('what only looked like a stop string is shown', () => {
  const text = new ReplyText(['</answer>']);
  text.add(bytes('1 </an'));
  expect(text.take()).toBe('1 ');
  text.add(bytes('d>'));
  expect(text.take()).toBe('</and>');
});

test('of two stop strings the first in the text counts', () => {
  const text = new ReplyText(['later', 'now']);
  text.add(bytes('not now, later'));
  expect(text.end()).toBe('not ');
});

test('however the text is cut into tokens and shown, the same comes out', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 2 }),
      fc.array(fc.nat(5), { maxLength: 40 }),
      (whole, stops, cuts) => {
        const text = new ReplyText(stops);
        const all = bytes(whole);
        let shown = '';
        for (let at = 0, cut = 0; at < all.length && !text.stopped; cut++) {
          const length = (cuts[cut % cuts.length] ?? 0) + 1;
          text.add(all.subarray(at, at + length));
          at += length;
          shown += text.take();
        }
        shown += text.end();
        const found = stops.map((stop) => whole.indexOf(stop)).filter((at) => at >= 0);
        expect(shown).toBe(found.length > 0 ? whole.slice(0, Math.min(...found)) : whole);
      },
    ),
  );
});
