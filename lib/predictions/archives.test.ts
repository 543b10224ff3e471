import { crc32 as zlibCrc32, gzipSync as zlibGzip } from 'node:zlib';
import { deflateSync, gzipSync, strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { crc32 } from './crc32';
import { gunzip } from './gzip';
import { MAX_GZIP_MEMBERS, MAX_GZIP_PADDING } from './limits';
import { openPredictions } from './open';
import { PredictionsError } from './predictions-file';
import { zipEntries } from './zip';

const ROWS = strToU8('{"sample_id": "a", "output": "one"}\n{"sample_id": "b", "output": "two"}\n');
const OUTPUTS = ['one', 'two'];

const chunked = (bytes: Uint8Array, chunkBytes: number) =>
  function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };

async function outputsOf(bytes: Uint8Array, chunkBytes = 1 << 16): Promise<string[]> {
  const file = await openPredictions({
    name: 'file',
    size: bytes.length,
    chunks: chunked(bytes, chunkBytes),
  });
  return Array.from(file.rows(), ({ output }) => output);
}

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await outputsOf(bytes);
  } catch (error) {
    if (error instanceof PredictionsError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

/** Every single bit turned over: what is read is whole, or the file is refused in words. */
async function withEveryBitTurned(bytes: Uint8Array, expected: readonly string[]): Promise<number> {
  let refused = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const turned = bytes.slice();
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    try {
      expect(await outputsOf(turned), `bit ${bit}`).toEqual(expected);
    } catch (error) {
      if (!(error instanceof PredictionsError)) throw error;
      refused++;
    }
  }
  return refused / (bytes.length * 8);
}

const concat = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const zeros = (length: number) => new Uint8Array(length);

describe('gzip', () => {
  const whole = gzipSync(ROWS, { filename: 'rows.jsonl' });
  const lines = [ROWS.subarray(0, 36), ROWS.subarray(36)];
  const members = lines.map((line) => gzipSync(line));

  test('is whole with zeros behind it, of one or several members, and so is what lies in it', async () => {
    const zip = zipSync({ 'rows.jsonl': ROWS });
    for (const bytes of [
      concat(whole, zeros(1)),
      concat(whole, zeros(100_000)),
      concat(...members),
      concat(...members, zeros(512)),
      concat(...members.map((member) => concat(member, zeros(300)))),
      concat(gzipSync(zeros(0)), ...members, gzipSync(zeros(0))),
      concat(gzipSync(zip), zeros(7)),
      gzipSync(concat(zip, zeros(70_000))),
      concat(zip, zeros(2_000_000)),
    ])
      for (const chunkBytes of [1, 11, 1 << 16])
        if (chunkBytes > 1 || bytes.length < 10_000)
          expect(await outputsOf(bytes, chunkBytes)).toEqual(OUTPUTS);
  });

  test('has every field of a header', async () => {
    const [body] = [whole.subarray(10 + 'rows.jsonl'.length + 1)];
    const fields = concat(strToU8('\x1f\x8b\x08\x1f\0\0\0\0\0\x03', true), strToU8('\x03\0a\0bn\0c\0', true));
    const crc = zlibCrc32(fields) & 0xffff;
    const withCrc = (value: number) => concat(fields, new Uint8Array([value & 0xff, value >> 8]), body);
    expect(await outputsOf(withCrc(crc))).toEqual(OUTPUTS);
    expect(await refusal(withCrc(crc ^ 1))).toContain('its checksum is not that of its header');
  });

  test('is refused where a bit is not what it was', async () => {
    expect(await withEveryBitTurned(whole, OUTPUTS)).toBeGreaterThan(0.7);
    expect(await withEveryBitTurned(concat(...members), OUTPUTS)).toBeGreaterThan(0.7);
  });

  test('is refused where it is cut, or something else stands behind it', async () => {
    for (let length = 3; length < whole.length; length++)
      expect(await refusal(whole.subarray(0, length))).toMatch(/gzip file is damaged/);
    for (const junk of ['\0\0x', '\n', 'nothing of gzip', '\x1f?'])
      expect(await refusal(concat(whole, strToU8(junk, true)))).toBe(
        'the gzip file is damaged: what stands behind a member is none',
      );
    expect(await refusal(concat(whole, whole.subarray(0, 5)))).toBe(
      'the gzip file is damaged: it is cut off',
    );
  });

  test('is refused where it is not as long as it says', async () => {
    const longer = whole.slice();
    longer[whole.length - 4] = ROWS.length + 1;
    expect(await refusal(longer)).toBe(
      `the gzip file is damaged: it says that it holds ${ROWS.length + 1} bytes and holds ${ROWS.length}`,
    );
  });

  test('may have as many members as bgzip makes of the largest file, and no more', () => {
    const row = gzipSync(strToU8('{"sample_id": "a", "output": ""}\n'));
    const empty = gzipSync(zeros(0));
    const of = (count: number) => concat(row, ...Array.from({ length: count - 1 }, () => empty));
    const inflate = (count: number) => Array.from(gunzip(chunked(of(count), 1 << 16)())).length;
    expect(inflate(1000)).toBe(1);
    expect(() => inflate(1001)).toThrow('more than 1000 members of nearly nothing');
    const large = gzipSync(zeros(64));
    const longer = concat(...Array.from({ length: MAX_GZIP_MEMBERS + 1 }, () => large));
    expect(() => Array.from(gunzip(chunked(longer, 1 << 16)()))).toThrow('more than 20000 members:');
  });

  test('may be padded with zeros, as tapes are, and no further', () => {
    const padded = (bytes: number) => Array.from(gunzip([gzipSync(ROWS), zeros(bytes)]));
    expect(padded(MAX_GZIP_PADDING)).toHaveLength(1);
    expect(() => padded(MAX_GZIP_PADDING + 1)).toThrow('more than 16777216 zeros stand behind a member');
  });

  test('a file of many blocks and of stored ones comes out as it went in', () => {
    const random = new Uint8Array(300_000).map((_, at) => (at * at * 31 + (at >> 7)) ^ (at >> 3));
    for (const level of [0, 1, 9] as const)
      for (const chunkBytes of [999, 1 << 16]) {
        const packed = zlibGzip(random, { level });
        expect(Buffer.compare(concat(...gunzip(chunked(packed, chunkBytes)())), random)).toBe(0);
      }
  });
});

describe('zip', () => {
  const contentsOf = (bytes: Uint8Array, chunkBytes = 64) =>
    zipEntries(chunked(bytes, chunkBytes)).map(({ name, chunks }) => [
      name,
      Buffer.concat([...chunks()]).toString(),
    ]);

  test('is refused where a bit is not what it was', async () => {
    expect(await withEveryBitTurned(zipSync({ 'a.jsonl': ROWS }), OUTPUTS)).toBeGreaterThan(0.5);
    const stored = zipSync({ 'a.jsonl': ROWS }, { level: 0 });
    expect(await withEveryBitTurned(stored, OUTPUTS)).toBeGreaterThan(0.5);
  });

  test('is refused where it is cut', async () => {
    const bytes = zipSync({ 'a.jsonl': ROWS });
    // (Its last bytes are zeros, which say nothing.)
    for (let length = 4; length <= bytes.findLastIndex((byte) => byte !== 0); length++)
      expect(await refusal(bytes.subarray(0, length))).toMatch(/the zip file is damaged/);
  });

  test('holds what its list says: a file that was written over or deleted is none', () => {
    const before = zipSync({ 'a.txt': strToU8('before'), 'b.txt': strToU8('deleted') });
    const after = zipSync({ 'a.txt': strToU8('after') });
    // As a tool that appends writes it: the old files, the new one, and a list of the new one alone.
    const list = new DataView(after.buffer).getUint32(after.length - 6, true);
    const moved = after.slice();
    const view = new DataView(moved.buffer);
    view.setUint32(after.length - 6, before.length + list, true);
    view.setUint32(list + 42, before.length, true);
    expect(contentsOf(concat(before, moved))).toEqual([['a.txt', 'after']]);
  });

  test('is refused where a file has another name than in the list', async () => {
    const renamed = zipSync({ 'a.jsonl': ROWS });
    renamed[30] = 'b'.charCodeAt(0);
    expect(await refusal(renamed)).toBe('the zip file is damaged: a file is not what the list of files says');
  });

  test('may have a comment, and 64-bit sizes, as zip writes them in a pipe', () => {
    const name = strToU8('a.txt');
    const content = strToU8('some text, some text');
    const packed = deflateSync(content);
    const u16 = (value: number) => new Uint8Array([value & 0xff, value >> 8]);
    const u32 = (value: number) => concat(u16(value & 0xffff), u16(value >>> 16));
    const u64 = (value: number) => concat(u32(value), u32(0));
    const ones = u32(0xffffffff);
    const common = concat(u16(45), u16(0), u16(8), u32(0), u32(crc32(content)), ones, ones, u16(name.length));
    const local = concat(u32(0x04034b50), common, u16(20), name, u16(1), u16(16), u64(0), u64(0), packed);
    const extra = concat(
      ...[u16(0x5455), u16(1), zeros(1)],
      ...[u16(1), u16(24), u64(content.length), u64(packed.length), u64(0)],
    );
    const central = concat(
      ...[u32(0x02014b50), u16(45), common, u16(extra.length), u16(0), u16(0), u16(0), u32(0), ones],
      ...[name, extra],
    );
    const end64 = concat(
      ...[u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(1), u64(1)],
      ...[u64(central.length), u64(local.length)],
    );
    const locator = concat(u32(0x07064b50), u32(0), u64(local.length + central.length), u32(1));
    const end = concat(u32(0x06054b50), u16(0), u16(0), u16(0xffff), u16(0xffff), ones, ones, u16(4));
    const bytes = concat(local, central, end64, locator, end, strToU8('what'));
    expect(contentsOf(bytes)).toEqual([['a.txt', 'some text, some text']]);
    for (let length = 4; length < bytes.length - 'what'.length - 12; length++)
      expect(() => contentsOf(bytes.subarray(0, length))).toThrow(PredictionsError);
  });

  test('is refused where it is encrypted or packed otherwise', async () => {
    const changed = (local: number, central: number, value: number) => {
      const bytes = zipSync({ 'a.jsonl': ROWS });
      const list = new DataView(bytes.buffer).getUint32(bytes.length - 6, true);
      bytes[local] = value;
      bytes[list + central] = value;
      return refusal(bytes);
    };
    expect(await changed(6, 8, 1)).toBe('the zip file is encrypted');
    expect(await changed(8, 10, 12)).toBe('the zip file is packed by method 12: use deflate');
  });
});

test('the checksum is that of zlib', () => {
  const bytes = new Uint8Array(1000).map((_, at) => at * 7);
  for (const length of [0, 1, 9, 1000]) {
    const some = bytes.subarray(0, length);
    expect(crc32(some)).toBe(zlibCrc32(some));
    expect(crc32(some.subarray(4), crc32(some.subarray(0, 4)))).toBe(zlibCrc32(some));
  }
});
