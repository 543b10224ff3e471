import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sections } from '@/lib/reasoning/sections';

const told = (output: string) =>
  sections(output).map(({ kind, start, end, closed }) => [kind, output.slice(start, end), closed]);

describe('sections', () => {
  it('tells thinking from answer', () => {
    expect(told('<think>two cars</think>\n<answer>2</answer>\n')).toEqual([
      ['thinking', 'two cars', true],
      ['answer', '2', true],
    ]);
  });

  it('keeps what stands around the tags', () => {
    expect(told('Well. <think>a</think> so <answer>b</answer> Done.')).toEqual([
      ['text', 'Well. ', true],
      ['thinking', 'a', true],
      ['text', ' so ', true],
      ['answer', 'b', true],
      ['text', ' Done.', true],
    ]);
  });

  it('takes thinking that was cut off as far as it goes', () => {
    expect(told('<think>and then')).toEqual([['thinking', 'and then', false]]);
    expect(told('<think>a<answer>b')).toEqual([
      ['thinking', 'a', false],
      ['answer', 'b', false],
    ]);
  });

  it('takes text before a leading </think> for thinking', () => {
    expect(told('a b</think><answer>c</answer>')).toEqual([
      ['thinking', 'a b', true],
      ['answer', 'c', true],
    ]);
  });

  it('keeps repeated answers apart and passes over a stray closing tag', () => {
    expect(told('<answer>1</answer><answer>2</think></answer></answer>')).toEqual([
      ['answer', '1', true],
      ['answer', '2</think>', true],
    ]);
  });

  it('is total: sections are in order, do not overlap, and hold all that is not a tag or blank', () => {
    const piece = fc.constantFrom('<think>', '</think>', '<answer>', '</answer>', 'a', ' ', '<', '\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const output = pieces.join('');
        let at = 0;
        for (const { start, end } of sections(output)) {
          expect(
            output
              .slice(at, start)
              .replace(/<\/?(think|answer)>/g, '')
              .trim(),
          ).toBe('');
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThanOrEqual(start);
          at = end;
        }
        expect(
          output
            .slice(at)
            .replace(/<\/?(think|answer)>/g, '')
            .trim(),
        ).toBe('');
      }),
    );
  });
});
