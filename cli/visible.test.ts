import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible } from './visible';

describe('a text shown on a terminal', () => {
  it.each([
    ['\x1b[31mred\x1b[0m', '\\u001b[31mred\\u001b[0m'],
    ['\x1b]0;title\x07', '\\u001b]0;title\\u0007'],
    ['\x9b2J', '\\u009b2J'],
    ['right\rwrong', 'right\\u000dwrong'],
    ['\u202e73', '\\u202e73'],
    ['a\u2066b', 'a\\u2066b'],
    ['1\u200b2', '1\\u200b2'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['\ud800', '\\ud800'],
  ])('shows %j as %j', (text, shown) => expect(visible(text)).toBe(shown));

  it.each(['a\tb\nc', '8√3 · 角', 'é\u0301', '👩‍🔬', String.raw`\frac{1}{2}`])('leaves %j', (text) =>
    expect(visible(text)).toBe(text),
  );

  it('leaves JSON the JSON of the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = visible(JSON.stringify({ text }));
        expect(JSON.parse(line)).toEqual({ text });
        expect(line).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
      }),
    );
  });
});
