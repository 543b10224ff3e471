import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { useRowWindow } from './use-row-window';

const Probe = ({ count }: { count: number }) => useRowWindow({ current: null }, count).join(' to ');

/** What the server draws of a board with so many rows. */
const drawn = (count: number): string => renderToStaticMarkup(<Probe count={count} />);

test('a short table is drawn whole, of a long one the first rows, enough for a screen 2,000 pixels high', () => {
  expect(drawn(0)).toBe('0 to 0');
  expect(drawn(150)).toBe('0 to 150');
  const [from, to] = drawn(1_000).split(' to ').map(Number);
  expect(from).toBe(0);
  expect((to ?? 0) * 56).toBeGreaterThan(2_000);
  expect(to).toBeLessThan(100);
});
