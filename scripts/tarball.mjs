// A gzipped tar archive (POSIX ustar), the same bytes for the same files: no times, no users.
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** @param files `{name, bytes, executable?}`; names have at most 100 bytes of ASCII. */
export function tarball(files) {
  const blocks = files.flatMap(({ name, bytes, executable = false }) => [
    header(name, bytes.length, executable ? '755' : '644'),
    bytes,
    Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}

function header(name, size, mode) {
  const block = Buffer.alloc(BLOCK);
  const field = (text, offset) => block.write(text, offset, 'latin1');
  const octal = (value, length) => `${value.padStart(length - 1, '0')}\0`;
  field(name, 0);
  field(octal(mode, 8), 100);
  field(octal('0', 8), 108);
  field(octal('0', 8), 116);
  field(octal(size.toString(8), 12), 124);
  field(octal('0', 12), 136);
  // The sum is taken with spaces in its own place.
  field('        ', 148);
  field('0', 156);
  field('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  field(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
