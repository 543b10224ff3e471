import { type FileHandle, open, stat } from 'node:fs/promises';
import { Problem } from '../problem';
import { BLOB_KINDS, type BlobKind } from './kinds';

export function tooLarge(kind: BlobKind): Problem {
  const { maxBytes, advice } = BLOB_KINDS[kind];
  return new Problem(
    'too-large',
    `The file is larger than the ${(maxBytes / 1024 ** 2).toLocaleString('en')} MiB that are taken. ${advice}`,
  );
}

/**
 * Writes a stream behind what the file has, down to the disk.
 * @param onChunk is told of each before it is written, and may throw.
 * @throws Problem where the disk is full.
 */
export async function append(
  path: string,
  stream: ReadableStream<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
): Promise<void> {
  const file = await open(path, 'a');
  try {
    for await (const chunk of stream) {
      onChunk(chunk);
      await writeWhole(file, chunk);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
      throw new Problem('no-room', 'The disk of this server is full, so the file could not be kept.');
    throw error;
  } finally {
    // What came before the stream broke is there for who goes on from it.
    await file.sync().finally(() => file.close());
  }
}

/** A disk that fills up takes a part of a chunk, and says so only at the next. */
async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}

/** Null where there is no such file. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
