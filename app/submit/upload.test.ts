import { describe, expect, it } from 'vitest';
import { refusal, refusalBeforeUpload, storedAs } from './upload';

const sha256 = 'ab'.repeat(32);

describe('the answer to an upload', () => {
  it('counts as stored only when every byte arrived', () => {
    expect(storedAs(JSON.stringify({ sha256, bytes: 12 }), 12)).toBe(sha256);
    expect(storedAs(JSON.stringify({ sha256, bytes: 11 }), 12)).toBeNull();
    expect(storedAs('{}', 12)).toBeNull();
    expect(storedAs('<html>', 12)).toBeNull();
    expect(storedAs('null', 12)).toBeNull();
  });

  it('is told in the words of the server where it has some', () => {
    expect(refusal(413, '{"error":"At most 500 MB."}').message).toBe('At most 500 MB.');
    expect(refusal(502, '<html>Bad gateway</html>').message).toContain('502');
    expect(refusal(500, '{"error":{"a":1}}').message).toContain('500');
    expect(refusal(200, '{}').message).toContain('Not all of the file arrived');
  });

  it('says when the session has ended', () => {
    expect(refusal(401, '').signedOut).toBe(true);
    expect(refusal(403, '').signedOut).toBe(false);
  });
});

describe('before a byte is sent', () => {
  it('refuses what is empty or too large, and says what to do', () => {
    expect(refusalBeforeUpload({ name: 'a.json', size: 0 }, 100)).toContain('empty');
    expect(refusalBeforeUpload({ name: 'a.json', size: 101 }, 100)).toContain('at most 100 B');
    expect(refusalBeforeUpload({ name: 'a.json', size: 100 }, 100)).toBeNull();
  });
});
