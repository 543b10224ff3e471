import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import type { Sample } from '@/lib/samples/sample';
import { boxScorer, iou, parseAnswerBox } from '@/lib/scoring/box';
import { choiceScorer, choiceVlmevalkit } from '@/lib/scoring/choice';
import { countScorer } from '@/lib/scoring/count';
import { FORMULA_TYPE, substringScorer } from '@/lib/scoring/substring';

const sample = (changes: Partial<Sample>): Sample => ({
  sampleId: '0',
  question: '',
  options: null,
  gold: '',
  tags: {},
  image: null,
  cluster: '0',
  ...changes,
});

describe('counting', () => {
  const score = (output: string, gold = 4) => countScorer.score(sample({ gold }), output);

  it('reads a whole number that stands alone in its tag', () => {
    expect(score('<think>5?</think>\n<answer>\n 4 \n</answer>')).toEqual({
      correct: true,
      answer: '4',
      reason: '4 is the count',
      span: [28, 29],
    });
    expect(score('<answer>5</answer>').reason).toBe('5 is not the count, 4');
  });

  it('passes over tags that hold something else for a later one', () => {
    expect(score('<answer>four</answer><answer>4</answer>').correct).toBe(true);
    expect(score('<answer>5</answer><answer>4</answer>').correct).toBe(false);
  });

  it('takes digits of any script and zeros in front, as int() does, and nothing else', () => {
    for (const text of ['٤', '004', '\u00a04', '４', '\u{1d7d2}'])
      expect(score(`<answer>${text}</answer>`).correct, text).toBe(true);
    for (const text of ['4.0', '+4', '-4', '4 cars', '²', '1_0', '\ufeff4', '']) {
      expect(score(`<answer>${text}</answer>`).reason, text).toBe(
        'no <answer> tag that holds just a whole number',
      );
    }
    expect(score('4').reason).toBe('no <answer> tag');
    expect(score(`<answer>${'9'.repeat(400)}</answer>`).correct).toBe(false);
  });
});

describe('boxes', () => {
  const gold = [0, 0, 100, 100];
  const score = (text: string) =>
    boxScorer.score(sample({ gold }), `<think>[9, 9, 9, 9]</think><answer>${text}</answer>`);

  it('says how far the box is off', () => {
    expect(score('[0, 0, 100, 100]')).toMatchObject({
      correct: true,
      answer: '[0, 0, 100, 100]',
      reason: 'IoU 1.00 is above 0.5',
    });
    expect(score('[0, 0, 100, 47]').reason).toBe('IoU 0.47 is not above 0.5');
  });

  it('wants more than a half', () => {
    expect(score('[0, 0, 100, 50]')).toMatchObject({ correct: false, reason: 'IoU 0.5 is not above 0.5' });
    expect(score('[0, 0, 100, 51]').correct).toBe(true);
  });

  it('takes the first list in the first tag, on any line', () => {
    expect(score('```json\n{"bbox": [0,0,  100,\n100]} [1, 2, 3, 4]```').correct).toBe(true);
    expect(
      boxScorer.score(sample({ gold }), '<answer>x</answer><answer>[0, 0, 100, 100]</answer>').correct,
    ).toBe(false);
  });

  it('takes whole numbers only, written as the seed’s pattern has them', () => {
    for (const text of [
      '[0.0, 0, 100, 100]',
      '[ 0, 0, 100, 100]',
      '[0 , 0, 100, 100]',
      '[0, 0, 100, 100 ]',
      '(0, 0, 100, 100)',
      '[-1, 0, 100, 100]',
      '[[0, 0], [100, 100]]',
    ]) {
      expect(score(text).reason, text).toBe('no list of four whole numbers in the <answer> tag');
    }
    expect(boxScorer.score(sample({ gold }), '[0, 0, 100, 100]').reason).toBe(
      'no <answer> tag that is closed',
    );
  });

  it('counts the intersection inclusively and refuses one that is a pixel wide', () => {
    expect(iou([0, 0, 10, 10], [0, 0, 10, 10])).toBe(1);
    expect(iou([0, 0, 10, 10], [9, 0, 19, 10])).toBe(0);
    expect(iou([0, 0, 1, 1], [0, 0, 1, 1])).toBe(0);
  });

  it('gives a verdict where upstream divides by zero', () => {
    expect(score('[0, 100, 100, 0]')).toMatchObject({ correct: false, reason: 'the box has no area' });
  });

  it('exposes the box and where it stands', () => {
    const output = '<answer>{"bbox": [1, 2, 3, 4]}</answer>';
    expect(parseAnswerBox(output)).toEqual({ box: [1, 2, 3, 4], span: [17, 29] });
    expect(output.slice(17, 29)).toBe('[1, 2, 3, 4]');
  });
});

describe('OCR', () => {
  const word = (gold: string | string[], output: string) =>
    substringScorer.score(sample({ gold, tags: { type: 'Regular Text Recognition' } }), output);
  const formula = (gold: string, output: string) =>
    substringScorer.score(sample({ gold, tags: { type: FORMULA_TYPE } }), output);

  it('finds any true answer anywhere, thinking included, without regard to case', () => {
    expect(word('CENTRE', '<think>centre?</think> LEFT')).toEqual({
      correct: true,
      answer: 'centre',
      reason: 'the output contains "CENTRE"',
      span: [7, 13],
    });
    expect(word(['ANTONIOS', "ANTONIO'S"], "Antonio's").correct).toBe(true);
    expect(word('cat', 'concatenate').correct).toBe(true);
  });

  it('takes a line break for one space, and spaces as they are', () => {
    expect(word('red sign', 'RED\nSIGN').answer).toBe('RED\nSIGN');
    expect(word('red sign', 'red  sign').correct).toBe(false);
    expect(word('red sign', 'redsign').correct).toBe(false);
  });

  it('compares formulas without spaces and with case', () => {
    expect(formula('x = \\frac { 1 } { 2 }\n', 'It is $x=\\frac{1}{ 2}$.').answer).toBe('x=\\frac{1}{ 2}');
    expect(formula('X = 1', 'x=1').correct).toBe(false);
    expect(formula('x = 1', 'x\t=1').correct).toBe(false);
  });

  it('keeps its place where lower case is longer', () => {
    expect(word('stop', 'İİ STOP')).toMatchObject({ answer: 'STOP', span: [3, 7] });
    expect(word('stop', ' \n STOP').span).toEqual([3, 7]);
  });

  it('says what was looked for', () => {
    expect(word('a1', 'b').reason).toBe('"a1" does not occur in the output');
    expect(word(['a1', 'a2'], 'b').reason).toBe(
      'none of the 2 true answers ("a1", "a2") occurs in the output',
    );
  });
});

describe('choices', () => {
  const score = (output: string, options = ['left', 'right'], gold = '(B)') =>
    choiceScorer.score(sample({ options, gold }), output);

  it('reads the tag where its answer is on one line, else the whole output', () => {
    expect(score('<think>A</think><answer>\n(B)\n</answer>')).toMatchObject({
      correct: true,
      answer: '(B)',
      reason: '"(B)", found in the <answer> tag, is the right choice (B) right',
    });
    expect(score('<answer>the\nleft</answer> right')).toMatchObject({ correct: true, answer: 'right' });
    expect(score('<answer></answer> B').correct).toBe(true);
  });

  it('prefers a boxed answer, then an announced one, then the start, then the last', () => {
    expect(score('left \\boxed{B} A').correct).toBe(true);
    expect(score('A. The answer is B because left').correct).toBe(true);
    expect(score('B. It is not left').correct).toBe(true);
    expect(score('It is left or right').correct).toBe(true);
    expect(score('It is right or left').correct).toBe(false);
  });

  it('is fooled as upstream is: an article is choice A, a capital is no choice', () => {
    expect(score('There is a car', ['car', 'bus'], '(A)').correct).toBe(true);
    expect(score('It stands beside a', ['car', 'bus'], '(A)').answer).toBe('a');
    expect(score('Right').correct).toBe(false);
  });

  it('compares numbers as they are written, without zeros in front, and takes a choice before a full stop for an answer', () => {
    const three = (output: string) => score(`<answer>${output}</answer>`, ['2', '3'], '(B)').correct;
    for (const right of ['3', '03', '3 cars', '3%', '$3', '$3$', '3.0', '3.5'])
      expect(three(right), right).toBe(true);
    for (const wrong of ['2', '13', 'three', '1 + 2', '(3)', '-3']) expect(three(wrong), wrong).toBe(false);
  });

  it('goes on where LaTeX cannot be read and stops where it can', () => {
    expect(score('It is right $a_$').correct).toBe(true);
    expect(score('It is right $a_b$').correct).toBe(false);
  });
});

describe('choices by VLMEvalKit', () => {
  const score = (output: string) =>
    choiceVlmevalkit.score(sample({ options: ['left', 'right'], gold: '(B)' }), output).correct;

  it('infers the choice, or needs a judge', () => {
    for (const output of ['B', '(B) right', 'The answer is B because of what stands there', 'Right'])
      expect(score(output), output).toBe(true);
    expect(score('left')).toBe(false);
    for (const output of ['left or right', '<answer>B</answer>', ''])
      expect(score(output), output).toBeNull();
  });
});

describe('every scorer', () => {
  const samples: Record<string, Sample> = {
    superclevr: sample({ gold: 4 }),
    refcoco: sample({ gold: [0, 0, 9, 9] }),
    'cv-bench': sample({ options: ['left', 'traffic cone', '3'], gold: '(B)' }),
    'ocr-bench': sample({ gold: ['4', 'a b'], tags: { type: FORMULA_TYPE } }),
    geoqa: sample({ gold: '8√{3}' }),
    'math-vision': sample({ gold: '4' }),
    'math-vision, with choices': sample({ options: ['left', 'traffic cone', '3'], gold: 'B' }),
    'math-vista': sample({ gold: '4', tags: { question_type: 'free_form', answer_type: 'integer' } }),
    'math-vista, with choices': sample({
      options: ['left', 'traffic cone'],
      gold: 'left',
      tags: { question_type: 'multi_choice', answer_type: 'text' },
    }),
    'math-verse': sample({ gold: 'B' }),
  };
  const piece = fc.constantFrom(
    '<answer>',
    '</answer>',
    '<think>',
    ' ',
    '\n',
    '\u00a0',
    '[1, 2, 30, 40]',
    '4',
    '٤',
    '3.',
    'A',
    '(B)',
    'left',
    'traffic cone',
    'a b',
    'answer',
    'final answer is',
    ':',
    '=',
    '$',
    '$$',
    '\\boxed{',
    '}',
    '\\(',
    '\\)',
    '\\[',
    '\\]',
    '\\frac{1}{2}',
    '**',
    '%',
    ' and ',
    '1 + 2',
    'İ',
    '😀',
    '\ud800',
  );
  const output = fc.oneof(
    fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );

  for (const [id, each] of Object.entries(samples)) {
    const benchmark = Object.values(BENCHMARKS).find((candidate) => candidate.id === id.split(',')[0]);
    for (const scorer of benchmark?.scorers ?? []) {
      it(`${scorer.id} (${id}) gives any text the same verdict twice, with a span inside it`, () => {
        fc.assert(
          fc.property(output, (text) => {
            const verdict = scorer.score(each, text);
            expect(scorer.score(each, text)).toEqual(verdict);
            expect(verdict.reason).not.toBe('');
            expect(verdict.span === null).toBe(verdict.answer === null);
            // (MathVista's rule takes an empty output for the nearest choice.)
            if (!verdict.span) {
              if (text !== '') expect(verdict.correct).not.toBe(true);
              return;
            }
            const [start, end] = verdict.span;
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
            if (id === 'ocr-bench') expect(text.slice(start, end)).toBe(verdict.answer);
          }),
          { numRuns: 500 },
        );
      });
    }
  }
});
