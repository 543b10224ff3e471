import { describe, expect, it } from 'vitest';
import { rateLimit } from './rate-limit';

describe('rateLimit', () => {
  it('shuts an address out after its share, until the first of what was counted has left the window', () => {
    const limit = rateLimit('test', 3, 100, 60_000);
    for (const at of [0, 1_000, 2_000]) {
      expect(limit.waitSeconds('a', at)).toBe(0);
      limit.count('a', at);
    }
    expect(limit.waitSeconds('a', 3_000)).toBe(57);
    expect(limit.waitSeconds('b', 3_000)).toBe(0);
    expect(limit.waitSeconds('a', 59_999)).toBe(1);
    expect(limit.waitSeconds('a', 60_000)).toBe(0);
  });

  it('shuts all out after the overall share, whatever addresses are claimed', () => {
    const limit = rateLimit('test of all', 3, 10, 60_000);
    for (let n = 0; n < 10; n++) limit.count(`forged ${n}`, n);
    expect(limit.waitSeconds('another', 10)).toBe(60);
    expect(limit.waitSeconds('another', 60_000)).toBe(0);
  });
});
