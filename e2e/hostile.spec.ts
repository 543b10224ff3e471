import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type APIRequestContext, expect, test } from './test';
import { ADDRESS, counting, countingPredictions, TOKEN } from './world';

/** Files that nobody should send: each gets a sentence, and the server goes on. */

const headers = { authorization: `Bearer ${TOKEN}` };

async function preflight(request: APIRequestContext, bytes: Buffer): Promise<string> {
  const upload = await request.post('/api/blobs', {
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    data: bytes,
  });
  // A file can already be refused at the door.
  if (!upload.ok()) return upload.text();
  const { sha256 } = await upload.json();
  const response = await request.post('/api/trpc/submissions.preflight', {
    headers,
    data: { json: { fileSha256: sha256, fileName: 'hostile', benchmark: 'superclevr-200', split: 'test' } },
  });
  return response.text();
}

const good = JSON.stringify(countingPredictions(100, 50));

const FILES: readonly [name: string, bytes: () => Buffer, says: RegExp][] = [
  ['a pickle', () => Buffer.from([0x80, 0x04, 0x95, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x7d, 0x94, 0x2e]), /pickle/i],
  ['nothing at all', () => Buffer.from(''), /empty/i],
  ['a bomb of zeros, gzipped', () => gzipSync(Buffer.alloc(400_000_000)), /inflate|compress|ratio|times/i],
  [
    'JSON nested 100,000 deep',
    () => Buffer.from(`{"results":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`),
    /deep|nest/i,
  ],
  [
    'bytes that are not UTF-8',
    () =>
      Buffer.concat([
        Buffer.from('{"sample_id":"0","output":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}\n'),
      ]),
    /UTF-8/,
  ],
  [
    'ids of another split',
    () =>
      Buffer.from(
        Array.from({ length: 50 }, (_, i) =>
          JSON.stringify({ sample_id: `x${i}`, output: '<answer>1</answer>' }),
        ).join('\n'),
      ),
    /"matched":0|no row|none/i,
  ],
  ['JSON that ends in the middle', () => Buffer.from(good.slice(0, good.length / 2)), /end|row|JSON/i],
  ['NaN for an output', () => Buffer.from('{"sample_id": "0", "output": NaN}\n'), /row|NaN/],
  ['HTML', () => Buffer.from('<!doctype html><p>hello'), /HTML|expected/i],
];

for (const [name, bytes, says] of FILES) {
  test(name, async ({ request }) => {
    expect(await preflight(request, bytes())).toMatch(says);
    expect((await request.get('/api/health')).ok()).toBe(true);
  });
}

test('a file over the limit is refused by its size, before it is sent', async () => {
  const status = await new Promise((resolve, reject) => {
    const upload = httpRequest(`${ADDRESS}/api/blobs`, {
      method: 'POST',
      headers: { ...headers, 'content-length': 2 ** 31 },
    });
    upload.on('response', (response) => {
      resolve(response.statusCode);
      upload.destroy();
    });
    upload.on('error', reject);
    upload.write('the first bytes of two gigabytes');
  });
  expect(status).toBe(413);
});

test('50 MB go through whole', async ({ request }) => {
  const rows = counting.map((_, index) =>
    JSON.stringify({ sample_id: String(index), output: 'x'.repeat(250_000) }),
  );
  // On a slow machine only the first rows are looked at here.
  expect(await preflight(request, Buffer.from(rows.join('\n')))).toContain('"problems":[]');
});

test('a visitor may write nothing', async ({ request }) => {
  expect((await request.post('/api/blobs', { data: Buffer.from('x') })).status()).toBe(401);
  for (const procedure of ['preflight', 'create', 'cancel', 'publish', 'discard']) {
    const response = await request.post(`/api/trpc/submissions.${procedure}`, { data: { json: {} } });
    expect(response.status(), procedure).toBe(401);
  }
});

test('a picture outside its folder is not served', async ({ request }) => {
  for (const path of ['../../manifest.json', '..%2f..%2fmanifest.json', '%2e%2e/%2e%2e/manifest.json']) {
    expect((await request.get(`/api/images/refcoco/refcoco_val/${path}`)).status()).toBeGreaterThanOrEqual(
      400,
    );
  }
});

test('pages are isolated, and carry a policy without unsafe scripts', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  const response = await page.goto('/leaderboard');
  const policy = response?.headers()['content-security-policy'] ?? '';
  const scripts = policy.split('; ').find((directive) => directive.startsWith('script-src')) ?? '';
  expect(scripts).toContain("'nonce-");
  expect(scripts).not.toContain('unsafe-inline');
  expect(scripts).not.toContain("'unsafe-eval'");
  expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(true);
  const bare = await page
    .locator('script:not([src])')
    .evaluateAll((all) => all.filter((each) => !(each as HTMLScriptElement).nonce).length);
  expect(bare).toBe(0);
  expect(complaints).toEqual([]);
});
