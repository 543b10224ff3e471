import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AnnotationFile } from '@/lib/benchmarks/benchmark';

/** Of an annotation file, and of what a zip holds. Published ones reach half of it where they embed their images. */
export const MAX_ANNOTATION_BYTES = 1024 * 1024 * 1024;
/** How long a server may say nothing before a download is given up. */
export const STALL_MS = 30_000;

/** The annotations cannot be had: says where they were sought, what was wrong, and what to do. */
export class BenchmarkDataError extends Error {
  override readonly name = 'BenchmarkDataError';
}

export interface AnnotationSource {
  /** One, or what a zip holds. */
  files: readonly AnnotationFile[];
  /** For people and for publication: an address without credentials and query, or the name of a local file. */
  label: string;
}

export const isAddress = (from: string): boolean => /^https?:\/\//i.test(from);

/** Reads a local file or downloads one, and opens it where it is a zip. @throws BenchmarkDataError */
export async function readSource(from: string): Promise<AnnotationSource> {
  if (isAddress(from) && !URL.canParse(from)) throw new BenchmarkDataError(`${from} is not an address`);
  const file = isAddress(from) ? await download(from) : await readLocal(from);
  const label = isAddress(from) ? publicAddress(from) : file.name;
  if (file.bytes.length === 0) throw new BenchmarkDataError(`${label} is empty`);
  if (/^\s*<(!doctype html|html)/i.test(new TextDecoder().decode(file.bytes.subarray(0, 200))))
    throw new BenchmarkDataError(
      `${label} is a web page, not an annotation file: give the address of the file`,
    );
  return { files: isZip(file.bytes) ? await unzip(file) : [file], label };
}

function publicAddress(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}

const tooLarge = (name: string) =>
  new BenchmarkDataError(`${name} is larger than ${MAX_ANNOTATION_BYTES / 1024 ** 2} MB`);

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

async function download(address: string): Promise<AnnotationFile> {
  const label = publicAddress(address);
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), STALL_MS);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), STALL_MS);
  };
  try {
    const response = await fetch(address, { signal: stall.signal });
    if (!response.ok || response.body === null)
      throw new BenchmarkDataError(
        `${label} answered ${response.status} ${response.statusText}`.trimEnd() +
          (response.status === 404 ? ': check the address' : ''),
      );
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      alive();
      length += chunk.length;
      if (length > MAX_ANNOTATION_BYTES) throw tooLarge(label);
      chunks.push(chunk);
    }
    return {
      name: basename(new URL(address).pathname) || 'annotations',
      bytes: Buffer.concat(chunks, length),
    };
  } catch (error) {
    if (error instanceof BenchmarkDataError) throw error;
    if (stall.signal.aborted)
      throw new BenchmarkDataError(`${label} sent nothing for ${STALL_MS / 1000} seconds: try again later`);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new BenchmarkDataError(
      `cannot reach ${label}: ${cause instanceof Error ? inWords(cause) : String(cause)}; offline? Give --from a local copy`,
    );
  } finally {
    clearTimeout(timer);
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

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function inWords(error: Error): string {
  const code = isSystemError(error) ? error.code : undefined;
  const words: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read',
    ENOTFOUND: 'the host is not known',
    EAI_AGAIN: 'the host cannot be looked up',
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was cut',
  };
  return words[code ?? ''] ?? error.message;
}
