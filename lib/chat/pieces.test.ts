import { expect, test } from 'vitest';
import { piecesOf } from './pieces';

const kinds = (text: string) => piecesOf(text).map(({ kind, text }) => `${kind} ${text}`);

test('the pieces of any text are the text', () => {
  for (const text of [
    '',
    'plain',
    '\\[ a \\] and \\( b \\) and $c$ and $$d$$, wait: [1, 2, 3, 4]',
    '$ $$ \\( \\[ {"bbox_2d": [1, 2, 3',
    '\\(\\(x\\)\\)$',
  ])
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
});

test('mathematics by its delimiters; money is none', () => {
  expect(piecesOf('Thus \\(\\angle OAB = 90^\\circ\\).')[1]).toEqual({
    kind: 'mathematics',
    text: '\\(\\angle OAB = 90^\\circ\\)',
    tex: '\\angle OAB = 90^\\circ',
    display: false,
  });
  expect(piecesOf('So\n\\[\nx = 1\n\\]')[1]).toMatchObject({ tex: '\nx = 1\n', display: true });
  expect(piecesOf('$$\\frac{1}{2}$$')[0]).toMatchObject({ tex: '\\frac{1}{2}', display: true });
  expect(piecesOf('$x+1$ is')[0]).toMatchObject({ tex: 'x+1', display: false });
  expect(kinds('It costs $5 and $6.')).toEqual(['text It costs $5 and $6.']);
  expect(kinds('open \\( without end')).toEqual(['text open \\( without end']);
});

test('boxes as Qwen2.5-VL writes them, with their label, and bare', () => {
  expect(piecesOf('{"bbox_2d": [10, 20, 30, 40], "label": "red car"}')).toEqual([
    {
      kind: 'box',
      text: '{"bbox_2d": [10, 20, 30, 40], "label": "red car"}',
      box: [10, 20, 30, 40],
      label: 'red car',
    },
  ]);
  expect(piecesOf('at [1,2,3,4].')[1]).toMatchObject({ kind: 'box', box: [1, 2, 3, 4], label: null });
  expect(kinds('the cube at x=34 and [1, 2, 3]')).toEqual(['text the cube at x=34 and [1, 2, 3]']);
});

test('what is in code is neither mathematics nor a box', () => {
  expect(kinds('`$x$` and $y$')).toEqual(['code `$x$`', 'text  and ', 'mathematics $y$']);
  expect(kinds('so\n```py\n[1, 2, 3, 4]\n```\n$y$')).toEqual([
    'text so\n',
    'code ```py\n[1, 2, 3, 4]\n```',
    'text \n',
    'mathematics $y$',
  ]);
  expect(kinds('```\nnever $closed$')).toEqual(['code ```\nnever $closed$']);
  expect(kinds('one ` and $y$')).toEqual(['text one ` and ', 'mathematics $y$']);
});

test('what is in mathematics is neither box nor reflection', () => {
  expect(kinds('\\(wait, [1, 2, 3, 4]\\) wait,')).toEqual([
    'mathematics \\(wait, [1, 2, 3, 4]\\)',
    'text  ',
    'reflection wait,',
  ]);
});

test('time grows with the text, not with its square', () => {
  const before = performance.now();
  for (const hostile of ['`', '`a', '```\n', '~~~\na', '$', '\\(', '\\[ $ \\(', '[1, ', '{"bbox_2d": [1, '])
    piecesOf(hostile.repeat(300_000 / hostile.length));
  // Looking through the rest from every opening sign would take minutes.
  expect(performance.now() - before).toBeLessThan(20_000);
});
