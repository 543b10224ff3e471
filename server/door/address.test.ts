import { describe, expect, it } from 'vitest';
import { believed, countedAs, trusts } from './address';

const nobody = trusts([]);
const ours = trusts([
  { address: '10.0.0.0', prefix: 8 },
  { address: '::1', prefix: 128 },
]);

describe('where a request comes from', () => {
  it('is its socket, whatever a header says', () => {
    expect(believed('203.0.113.7', '1.1.1.1', nobody)).toBe('203.0.113.7');
    expect(believed('::ffff:203.0.113.7', '1.1.1.1', ours)).toBe('203.0.113.7');
  });

  it('is what a proxy of ours says, and not what a stranger told that one', () => {
    expect(believed('10.0.0.1', '1.1.1.1, 203.0.113.7', ours)).toBe('203.0.113.7');
    expect(believed('::1', '1.1.1.1, 203.0.113.7, 10.2.0.1', ours)).toBe('203.0.113.7');
  });

  it('is the proxy where that says nothing, or no address', () => {
    expect(believed('10.0.0.1', undefined, ours)).toBe('10.0.0.1');
    expect(believed('10.0.0.1', '203.0.113.7, unknown', ours)).toBe('10.0.0.1');
  });
});

it('counts the addresses of one network of IPv6 as one', () => {
  expect(countedAs('2001:db8:1:2::3')).toBe('2001:db8:1:2::/64');
  expect(countedAs('2001:db8:1:2:5:6:7:8')).toBe('2001:db8:1:2::/64');
  expect(countedAs('::1')).toBe('0:0:0:0::/64');
  expect(countedAs('203.0.113.7')).toBe('203.0.113.7');
  expect(countedAs('')).toBe('unknown');
});
