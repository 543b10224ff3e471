import { createHash } from 'node:crypto';
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AnnotationFile } from '@/lib/benchmarks/benchmark';
import { makeFolder } from '../make-folder';
import { BenchmarkDataError, inWords, isSystemError, MAX_ANNOTATION_BYTES, tooLarge } from './source-error';

/** How long a server may say nothing before it is asked again. */
const STALL_MS = 30_000;
/** How often in a row a server may send nothing new before it is given up. */
const TRIES = 3;

/** Bytes that are here, of how many; null where the server does not say. */
export interface DownloadProgress {
  received: number;
  total: number | null;
}

/**
 * Fetches a file into `folder`, from where its part is taken up again after a cut: in this call, or in a later one where
 * the server still has the same file. The folder is left as it was found once all of it is here.
 *
 * @throws BenchmarkDataError
 */
export async function download(
  address: string,
  folder: string,
  onProgress: (progress: DownloadProgress) => void = () => {},
  stallMs = STALL_MS,
): Promise<AnnotationFile> {
  const label = publicAddress(address);
  const part = join(folder, `${createHash('sha256').update(address).digest('hex').slice(0, 16)}.part`);
  makeFolder(folder);
  for (let idle = 0; ; ) {
    const before = await sizeOf(part);
    const end = await fetchRest(address, label, part, onProgress, stallMs);
    if (end.complete) break;
    idle = (await sizeOf(part)) > before ? 0 : idle + 1;
    if (idle === TRIES)
      throw new BenchmarkDataError(`${end.words}; what came of it is kept: try again later`);
  }
  const bytes = await readFile(part);
  await forget(part);
  return { name: basename(new URL(address).pathname) || 'annotations', bytes };
}

/** Without credentials and query: for people and for publication. */
export function publicAddress(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}

const validatorFile = (part: string) => `${part}.validator`;

async function forget(part: string): Promise<void> {
  for (const file of [part, validatorFile(part)]) await rm(file, { force: true });
}

const sizeOf = (path: string): Promise<number> => stat(path).then(({ size }) => size, ifMissing(0));
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(ifMissing(''));

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isSystemError(error) && error.code === 'ENOENT') return value;
    throw error;
  };
}

type End = { complete: true } | { complete: false; words: string };

/** One request for what is not here yet. */
async function fetchRest(
  address: string,
  label: string,
  part: string,
  onProgress: (progress: DownloadProgress) => void,
  stallMs: number,
): Promise<End> {
  const here = await sizeOf(part);
  // Without one nothing says that the rest is of the same file.
  const validator = await textOf(validatorFile(part));
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stallMs);
  try {
    const response = await fetch(address, {
      signal: stall.signal,
      headers: {
        // What is counted and kept are the file's own bytes.
        'accept-encoding': 'identity',
        ...(here > 0 && validator !== '' && { range: `bytes=${here}-`, 'if-range': validator }),
      },
    });
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
    const goesOn = response.status === 206 && Number(range?.[1]) === here;
    if (response.status === 416 || (response.status === 206 && !goesOn)) {
      // It has another file now, or counts otherwise: from the start.
      await forget(part);
      return { complete: false, words: `${label} does not send the rest of what is here` };
    }
    if (!response.ok || response.body === null) {
      const words = `${label} answered ${response.status} ${response.statusText}`.trimEnd();
      if (response.status >= 500 || response.status === 429) return { complete: false, words };
      throw new BenchmarkDataError(response.status === 404 ? `${words}: check the address` : words);
    }
    const start = goesOn ? here : 0;
    const length = response.headers.get('content-length');
    const total = length === null ? null : start + Number(length);
    if (!goesOn) {
      await forget(part);
      // A weak one does not promise the same bytes.
      const etag = response.headers.get('etag') ?? response.headers.get('last-modified') ?? '';
      await writeFile(validatorFile(part), etag.startsWith('W/') ? '' : etag);
    }
    const file = await open(part, goesOn ? 'r+' : 'w');
    let received = start;
    try {
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(() => stall.abort(), stallMs);
        if (received + chunk.length > MAX_ANNOTATION_BYTES) throw tooLarge(label);
        // By place: whoever else fetches the same file writes the same there.
        await file.write(chunk, 0, chunk.length, received);
        received += chunk.length;
        onProgress({ received, total });
      }
    } finally {
      await file.close();
    }
    return total === null || received === total
      ? { complete: true }
      : { complete: false, words: `${label} ended after ${received} of ${total} bytes` };
  } catch (error) {
    if (error instanceof BenchmarkDataError) {
      await forget(part);
      throw error;
    }
    if (stall.signal.aborted)
      return { complete: false, words: `${label} sent nothing for ${stallMs / 1000} seconds` };
    if (isSystemError(error)) throw new BenchmarkDataError(`cannot write ${part}: ${inWords(error)}`);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return {
      complete: false,
      words: `cannot reach ${label}: ${cause instanceof Error ? inWords(cause) : String(cause)}; offline? Give --from a local copy`,
    };
  } finally {
    clearTimeout(timer);
  }
}
