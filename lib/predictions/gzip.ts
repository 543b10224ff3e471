import { ByteReader } from './byte-reader';
import { crc32 } from './crc32';
import { damaged, Inflation, inflate, Sum } from './inflate';
import {
  MAX_GZIP_MEMBERS,
  MAX_GZIP_PADDING,
  MAX_INFLATED_BYTES,
  MAX_TINY_GZIP_MEMBERS,
  TINY_GZIP_MEMBER_BYTES,
} from './limits';
import { PredictionsError } from './predictions-file';

/** Bits of a header's flags (RFC 1952, 2.3.1). */
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;

/**
 * The content of a gzip file (RFC 1952), of all its members. Zeros may stand behind a member, as gzip and Python read
 * it: tapes and block stores pad files so. The last chunk comes before its member's checksum is looked at.
 */
export function* gunzip(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  const input = new ByteReader(chunks, () => damaged('gzip', 'it is cut off'));
  const inflation = new Inflation(MAX_INFLATED_BYTES);
  for (let members = 1, length = 0; ; members++) {
    const limit = length < (members - 1) * TINY_GZIP_MEMBER_BYTES ? MAX_TINY_GZIP_MEMBERS : MAX_GZIP_MEMBERS;
    if (members > limit) {
      throw new PredictionsError(
        `the gzip file has more than ${limit} members${limit === MAX_GZIP_MEMBERS ? '' : ' of nearly nothing'}: write it anew with gunzip and gzip`,
      );
    }
    skipHeader(input);
    const sum = new Sum();
    yield* inflate(input, 'gzip', inflation, sum);
    const trailer = view(input.take(8));
    if (trailer.getUint32(0, true) !== sum.crc)
      throw damaged('gzip', 'its checksum is not that of its content');
    if (trailer.getUint32(4, true) !== sum.length % 2 ** 32)
      throw damaged(
        'gzip',
        `it says that it holds ${trailer.getUint32(4, true)} bytes and holds ${sum.length}`,
      );
    length += sum.length;
    let padding = 0;
    for (const zeros of input.before((byte) => byte !== 0)) {
      padding += zeros.length;
      if (padding > MAX_GZIP_PADDING)
        throw damaged('gzip', `more than ${MAX_GZIP_PADDING} zeros stand behind a member`);
    }
    if (input.isAtEnd()) return;
  }
}

function skipHeader(input: ByteReader): void {
  let crc = 0;
  const read = (length: number): Uint8Array => {
    const bytes = input.take(length);
    crc = crc32(bytes, crc);
    return bytes;
  };
  for (const expected of [0x1f, 0x8b])
    if (read(1)[0] !== expected) throw damaged('gzip', 'what stands behind a member is none');
  const [method, flags = 0] = read(8);
  if (method !== 8 || (flags & RESERVED) !== 0) throw damaged('gzip', 'its header is none that gzip writes');
  if (flags & EXTRA) read(view(read(2)).getUint16(0, true));
  for (const text of [NAME, COMMENT]) {
    if ((flags & text) === 0) continue;
    for (const part of input.before((byte) => byte === 0)) crc = crc32(part, crc);
    read(1);
  }
  if (flags & HEADER_CRC && view(input.take(2)).getUint16(0, true) !== (crc & 0xffff))
    throw damaged('gzip', 'its checksum is not that of its header');
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
