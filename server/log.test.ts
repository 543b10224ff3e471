import { DrizzleQueryError } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { withoutParameters } from './log';

it('tells what failed of a query, and none of the texts that it was asked with', () => {
  const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (id)=(a secret)' });
  const shown = JSON.stringify(
    withoutParameters(new DrizzleQueryError('insert into x values ($1)', ['a secret'], cause)),
  );
  expect(shown).toContain('duplicate key');
  expect(shown).toContain('23505');
  expect(shown).not.toContain('a secret');
});

it('holds no more of a message than a line takes', () => {
  const long = JSON.stringify(withoutParameters(new Error('x'.repeat(1_000_000))));
  expect(long.length).toBeLessThan(10_000);
});
