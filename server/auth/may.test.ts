import { describe, expect, test } from 'vitest';
import { RUN_STATES } from '../db';
import { authoriseVisit, authoriseWrite, mayChange, maySee, type Principal } from '.';

const visitor: Principal = { role: 'visitor' };
const writer: Principal = { role: 'writer' };
const server: Principal = { role: 'server' };

test('a visitor sees what is or was published, the others see all', () => {
  const seenBy = (principal: Principal) => RUN_STATES.filter((state) => maySee(principal, { state }));
  expect(seenBy(visitor)).toEqual(['published', 'withdrawn']);
  expect(seenBy(writer)).toEqual(RUN_STATES);
  expect(seenBy(server)).toEqual(RUN_STATES);
});

test('a visitor changes nothing', () => {
  expect([visitor, writer, server].map(mayChange)).toEqual([false, true, true]);
});

describe('a write', () => {
  test('is authorised for a writer on a page of ours', () => {
    expect(() => authoriseWrite({ principal: writer, sameOrigin: true })).not.toThrow();
  });
  test('is refused to a visitor, who is told what it needs', () => {
    expect(() => authoriseWrite({ principal: visitor, sameOrigin: true })).toThrow(
      'This needs the write token.',
    );
  });
  test('is refused to everybody from a page of another site', () => {
    for (const principal of [visitor, writer])
      expect(() => authoriseWrite({ principal, sameOrigin: false })).toThrow('another site');
    expect(() => authoriseVisit({ sameOrigin: false })).toThrow('another site');
  });
  test('that visitors may do asks for no token', () => {
    expect(() => authoriseVisit({ sameOrigin: true })).not.toThrow();
  });
});
