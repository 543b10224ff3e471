import { ByteReader } from './byte-reader';
import { damaged, Inflation, inflate, Sum } from './inflate';
import { concat, copyOf } from './json-lines';
import { MAX_INFLATED_BYTES, MAX_ZIP_ENTRIES } from './limits';
import { PredictionsError } from './predictions-file';

type Chunks = () => Iterable<Uint8Array>;

export interface ZipEntry {
  name: string;
  chunks: Chunks;
}

/** Signatures of the records (APPNOTE.TXT 6.3.10, 4.3), as they stand in the file. */
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
/** Lengths of their fixed parts. */
const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;
const END_64_BYTES = 56;
const END_64_LOCATOR_BYTES = 20;

/** A field of 16 or 32 bits that is all ones has its value in the zip64 record. */
const IN_ZIP64_16 = 0xffff;
const IN_ZIP64_32 = 0xffffffff;

/** The list of the files, and what follows it, are looked for in the file's last bytes. */
const TAIL_BYTES = 1024 * 1024;

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

interface Listed {
  name: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  packedBytes: number;
  bytes: number;
  /** Of the local header, in the file. */
  offset: number;
}

/**
 * The files in a zip, in the order of its list, which is what counts: what was written over or deleted may still stand
 * before it. Each is inflated anew whenever it is walked, and its last chunk comes before its checksum is looked at.
 * @param limit of what one walk inflates, in bytes
 * @throws PredictionsError where there are more than MAX_ZIP_ENTRIES
 */
export function zipEntries(chunks: Chunks, limit = MAX_INFLATED_BYTES): ZipEntry[] {
  return listOf(tailOf(chunks())).map((listed) => ({
    name: new TextDecoder().decode(listed.name),
    chunks: () => contentOf(chunks(), listed, limit),
  }));
}

/* ------------------------------------------------------------------ the list at the end */

interface Tail {
  bytes: DataView;
  /** Of its first byte, in the file. */
  offset: number;
}

/** The file's last bytes without the zeros with which a block store pads it. */
function tailOf(chunks: Iterable<Uint8Array>): Tail {
  const kept: Uint8Array[] = [];
  let length = 0;
  let offset = 0;
  let zeros = 0;
  const keep = (chunk: Uint8Array): void => {
    kept.push(chunk);
    length += chunk.length;
    while (length - (kept[0]?.length ?? 0) >= TAIL_BYTES) {
      const dropped = kept.shift()?.length ?? 0;
      length -= dropped;
      offset += dropped;
    }
  };
  for (const chunk of chunks) {
    if (chunk.every((byte) => byte === 0)) {
      zeros += chunk.length;
      continue;
    }
    if (zeros > 0) {
      const seen = Math.min(zeros, TAIL_BYTES);
      offset += zeros - seen;
      keep(new Uint8Array(seen));
      zeros = 0;
    }
    keep(copyOf(chunk));
  }
  // The last record may end in zeros.
  const bytes = concat([...kept, new Uint8Array(END_BYTES)]);
  return { bytes: new DataView(bytes.buffer), offset };
}

function listOf({ bytes, offset }: Tail): Listed[] {
  const end = endOf(bytes);
  const { count, start, behind } = directoryOf(bytes, offset, end);
  if (count > MAX_ZIP_ENTRIES) throw new PredictionsError(`the zip lists more than ${MAX_ZIP_ENTRIES} files`);
  const list: Listed[] = [];
  let at = start - offset;
  for (let i = 0; i < count; i++) {
    if (at < 0 || at + CENTRAL_HEADER_BYTES > behind || bytes.getUint32(at, true) !== CENTRAL_HEADER)
      throw damaged('zip', 'its list of files is not where it says');
    const nameBytes = bytes.getUint16(at + 28, true);
    const extraBytes = bytes.getUint16(at + 30, true);
    const nameAt = at + CENTRAL_HEADER_BYTES;
    const next = nameAt + nameBytes + extraBytes + bytes.getUint16(at + 32, true);
    if (next > behind) throw damaged('zip', 'its list of files is cut off');
    const large = largeFields(bytes, nameAt + nameBytes, extraBytes);
    const size = (place: number): number => {
      const value = bytes.getUint32(at + place, true);
      return value === IN_ZIP64_32 ? large() : value;
    };
    list.push({
      flags: bytes.getUint16(at + 8, true),
      method: bytes.getUint16(at + 10, true),
      crc: bytes.getUint32(at + 16, true),
      bytes: size(24),
      packedBytes: size(20),
      offset: size(42),
      name: new Uint8Array(bytes.buffer, nameAt, nameBytes),
    });
    at = next;
  }
  if (at !== behind) throw damaged('zip', 'its list of files is not where it says');
  return list;
}

function endOf(bytes: DataView): number {
  for (let at = bytes.byteLength - END_BYTES; at >= 0; at--) if (bytes.getUint32(at, true) === END) return at;
  throw damaged('zip', 'it is cut off, the list of its files is missing');
}

interface Directory {
  count: number;
  /** In the file. */
  start: number;
  /** In the tail. */
  behind: number;
}

function directoryOf(bytes: DataView, offset: number, end: number): Directory {
  const count = bytes.getUint16(end + 10, true);
  const start = bytes.getUint32(end + 16, true);
  if (bytes.getUint16(end + 4, true) !== 0 && bytes.getUint16(end + 4, true) !== IN_ZIP64_16)
    throw damaged('zip', 'it is one of several parts');
  const plain = { count, start, behind: end };
  if (count !== IN_ZIP64_16 && start !== IN_ZIP64_32) return plain;
  const locator = end - END_64_LOCATOR_BYTES;
  if (locator < 0 || bytes.getUint32(locator, true) !== END_64_LOCATOR) return plain;
  const at = Number(bytes.getBigUint64(locator + 8, true)) - offset;
  if (at < 0 || at + END_64_BYTES > locator || bytes.getUint32(at, true) !== END_64)
    throw damaged('zip', 'its list of files is not where it says');
  return {
    count: Number(bytes.getBigUint64(at + 32, true)),
    start: Number(bytes.getBigUint64(at + 48, true)),
    behind: at,
  };
}

/** Gives the 64-bit fields of an entry's extra field 1 one after the other. */
function largeFields(bytes: DataView, start: number, length: number): () => number {
  const end = start + length;
  let at = start;
  while (at + 4 <= end && bytes.getUint16(at, true) !== 1) at += 4 + bytes.getUint16(at + 2, true);
  at += 4;
  return () => {
    if (at + 8 > end) throw damaged('zip', 'the size of a file is missing');
    at += 8;
    return Number(bytes.getBigUint64(at - 8, true));
  };
}

/* ------------------------------------------------------------------ a file */

function* contentOf(
  chunks: Iterable<Uint8Array>,
  listed: Listed,
  limit: number,
): Generator<Uint8Array, void> {
  const cutOff = () => damaged('zip', 'it is cut off');
  if (listed.flags & ENCRYPTED) throw new PredictionsError('the zip file is encrypted');
  const archive = new ByteReader(chunks, cutOff);
  archive.skip(listed.offset);
  const header = new DataView(archive.take(LOCAL_HEADER_BYTES).buffer);
  const name = archive.take(header.getUint16(26, true));
  if (
    header.getUint32(0, true) !== LOCAL_HEADER ||
    header.getUint16(8, true) !== listed.method ||
    name.length !== listed.name.length ||
    name.some((byte, at) => byte !== listed.name[at])
  )
    throw damaged('zip', 'a file is not what the list of files says');
  archive.skip(header.getUint16(28, true));

  const inflation = new Inflation(limit);
  const sum = new Sum();
  const packed = new ByteReader(archive.next(listed.packedBytes), cutOff);
  if (listed.method === DEFLATED) {
    yield* inflate(packed, 'zip', inflation, sum);
    if (!packed.isAtEnd()) throw damaged('zip', 'a file ends before it should');
  } else if (listed.method === STORED) {
    for (let some = packed.some(limit); some.length > 0; some = packed.some(limit)) {
      inflation.in(some.length);
      inflation.out(some.length);
      sum.add(some);
      yield some;
    }
  } else throw new PredictionsError(`the zip file is packed by method ${listed.method}: use deflate`);
  if (sum.length !== listed.bytes || sum.crc !== listed.crc)
    throw damaged('zip', 'the checksum of a file is not that of its content');
}
