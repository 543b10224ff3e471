import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AnnotationFile } from '@/lib/benchmarks/benchmark';
import { type DownloadProgress, download, publicAddress } from './download';
import { BenchmarkDataError, inWords, isSystemError, MAX_ANNOTATION_BYTES, tooLarge } from './source-error';

export interface AnnotationSource {
  /** One, or what a zip holds. */
  files: readonly AnnotationFile[];
  /** For people and for publication: an address without credentials and query, or the name of a local file. */
  label: string;
}

export const isAddress = (from: string): boolean => /^https?:\/\//i.test(from);

/**
 * Reads a local file or downloads one, by way of the folder `downloads` (see `download`), and opens it where it is a zip.
 * @throws BenchmarkDataError
 */
export async function readSource(
  from: string,
  downloads: string,
  onProgress?: (progress: DownloadProgress) => void,
): Promise<AnnotationSource> {
  if (isAddress(from) && !URL.canParse(from)) throw new BenchmarkDataError(`${from} is not an address`);
  const file = isAddress(from) ? await download(from, downloads, onProgress) : await readLocal(from);
  const label = isAddress(from) ? publicAddress(from) : file.name;
  if (file.bytes.length === 0) throw new BenchmarkDataError(`${label} is empty`);
  if (/^\s*<(!doctype html|html)/i.test(new TextDecoder().decode(file.bytes.subarray(0, 200))))
    throw new BenchmarkDataError(
      `${label} is a web page, not an annotation file: give the address of the file`,
    );
  return { files: isZip(file.bytes) ? await unzip(file) : [file], label };
}

async function readLocal(path: string): Promise<AnnotationFile> {
  const name = basename(path);
  try {
    const { size } = await stat(path);
    if (size > MAX_ANNOTATION_BYTES) throw tooLarge(name);
    return { name, bytes: await readFile(path) };
  } catch (error) {
    throw isSystemError(error) ? new BenchmarkDataError(`cannot read ${path}: ${inWords(error)}`) : error;
  }
}

const isZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;

async function unzip(archive: AnnotationFile): Promise<readonly AnnotationFile[]> {
  const { unzipSync } = await import('fflate');
  let total = 0;
  try {
    const members = unzipSync(archive.bytes, {
      filter: ({ name, originalSize }) => {
        const wanted = /\.(jsonl?|tsv|parquet)$/i.test(name) && !/(^|\/)(\.|__MACOSX)/.test(name);
        if (wanted) total += originalSize;
        if (total > MAX_ANNOTATION_BYTES) throw tooLarge(`what ${archive.name} holds`);
        return wanted;
      },
    });
    const files = Object.entries(members).map(([name, bytes]) => ({ name: basename(name), bytes }));
    if (files.length === 0)
      throw new BenchmarkDataError(`${archive.name} holds no .json, .jsonl, .tsv or .parquet file`);
    return files;
  } catch (error) {
    if (error instanceof BenchmarkDataError) throw error;
    throw new BenchmarkDataError(`${archive.name} is a damaged zip: download it again`);
  }
}
