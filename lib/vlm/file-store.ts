import { VlmError } from './types';

/** A file as it can be fetched. */
export interface RemoteFile {
  /** The model that it belongs to: a sentence names it, and the browser's store is told apart by it. */
  model: string;
  path: string;
  url: string;
  /** Null where the server does not say. */
  bytes: number | null;
  /** Null where nobody said: then the address stands for the content. */
  sha256: string | null;
}

const CACHE = 'ocean-r1-models-1';
const OWNER = 'x-ocean-r1-model';
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;
/** A connection that brings nothing for so long is given up. */
const STALL_MS = 30_000;

/** Files of models, kept by the browser (Cache API) under the hash of their content, so that equal files are kept once. */
export class FileStore {
  /** What the browser writes to its disk and removes there while the files are used already. */
  private keeping: Promise<unknown> = Promise.resolve();

  /** @param cache Null where the browser has none: on pages that came without TLS. */
  constructor(
    private readonly cache: Cache | null,
    private readonly wait: (ms: number) => Promise<void> = (ms) =>
      new Promise((resolve) => setTimeout(resolve, ms)),
  ) {}

  static async open(): Promise<FileStore> {
    if (!('caches' in globalThis)) return new FileStore(null);
    try {
      return new FileStore(await caches.open(CACHE));
    } catch (error) {
      // Private windows of some browsers keep nothing.
      if (error instanceof DOMException && error.name === 'SecurityError') return new FileStore(null);
      throw error;
    }
  }

  async has(file: RemoteFile): Promise<boolean> {
    await this.keeping;
    return (await this.cache?.match(keyOf(file))) !== undefined;
  }

  /**
   * A file's bytes, from the browser's store or the network; what the network brought is kept, and not waited for.
   *
   * @param tell Is told the bytes so far; at a new attempt that may be fewer.
   * @throws VlmError naming the file; the signal's reason where that ended it.
   */
  async read(
    file: RemoteFile,
    tell: (loaded: number) => void,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const kept = await this.cache?.match(keyOf(file));
    if (kept) {
      const bytes = new Uint8Array(await kept.arrayBuffer());
      if ((await faultOf(file, bytes)) === null) return bytes;
      // Damaged on the disk: fetched again.
      await this.cache?.delete(keyOf(file));
    }
    const bytes = await this.download(file, tell, signal);
    this.after(Promise.all([this.keeping, this.keep(file, bytes)]));
    return bytes;
  }

  /** Bytes kept of each model; a file of several models is counted for the one that brought it. */
  async kept(): Promise<{ modelId: string; bytes: number }[]> {
    await this.keeping;
    const sums = new Map<string, number>();
    for (const key of (await this.cache?.keys()) ?? []) {
      const response = await this.cache?.match(key);
      const model = response?.headers.get(OWNER) ?? '';
      sums.set(model, (sums.get(model) ?? 0) + Number(response?.headers.get('content-length')));
    }
    return [...sums].map(([modelId, bytes]) => ({ modelId, bytes }));
  }

  async clear(): Promise<void> {
    await this.keeping;
    for (const key of (await this.cache?.keys()) ?? []) await this.cache?.delete(key);
  }

  /** Forgets what a model has kept beside these files, those of its earlier versions, once all is written. */
  keepOnly(model: string, files: readonly RemoteFile[]): void {
    this.after(this.keeping.then(() => this.forgetOthers(model, files)));
  }

  /** What fails of it is told to whoever waits next. */
  private after(work: Promise<unknown>): void {
    this.keeping = work;
    work.catch(() => {});
  }

  private async forgetOthers(model: string, files: readonly RemoteFile[]): Promise<void> {
    const wanted = new Set(files.map((file) => new Request(keyOf(file)).url));
    for (const key of (await this.cache?.keys()) ?? []) {
      const response = await this.cache?.match(key);
      if (response?.headers.get(OWNER) === model && !wanted.has(key.url)) await this.cache?.delete(key);
    }
  }

  private async keep(file: RemoteFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = { [OWNER]: file.model, 'content-length': String(bytes.length) };
    try {
      await this.cache?.put(keyOf(file), new Response(bytes, { headers }));
    } catch (error) {
      // A full disk costs the next visit a download, and this one nothing.
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
    }
  }

  private async download(
    file: RemoteFile,
    tell: (loaded: number) => void,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const received: Received = { chunks: [], length: 0 };
    for (let attempt = 1; ; attempt++) {
      try {
        await receive(file, received, tell, signal);
        if (file.bytes !== null && received.length < file.bytes)
          throw new Error(`it ended after ${received.length} of ${file.bytes} bytes`);
        const bytes = joined(received);
        const fault = await faultOf(file, bytes);
        if (fault === null) return bytes;
        received.chunks = [];
        received.length = 0;
        throw new Error(fault);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof VlmError) throw error;
        if (attempt === ATTEMPTS) {
          throw new VlmError(
            'download',
            `${file.path} of ${file.model} could not be fetched: ${(error as Error).message}. Try again in a while.`,
            { cause: error },
          );
        }
      }
      await this.wait(FIRST_WAIT_MS * 2 ** (attempt - 1));
      signal.throwIfAborted();
    }
  }
}

const keyOf = ({ url, sha256 }: RemoteFile): string =>
  sha256 === null ? url : new URL(`/sha256/${sha256}`, url).href;

interface Received {
  chunks: Uint8Array[];
  length: number;
}

function joined({ chunks, length }: Received): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Takes up where an earlier attempt ended, if the server can. */
async function receive(
  file: RemoteFile,
  received: Received,
  tell: (loaded: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`nothing came for ${STALL_MS / 1000} seconds`));
  let timer = setTimeout(stall, STALL_MS);
  try {
    const response = await fetch(file.url, {
      signal: AbortSignal.any([signal, stalled.signal]),
      // What is kept is kept under its hash: a second copy in the browser's own cache would only take room.
      cache: 'no-store',
      headers: received.length > 0 ? { range: `bytes=${received.length}-` } : {},
    });
    if (response.status === 404 || response.status === 410)
      throw new VlmError('download', `${file.path} of ${file.model} is not on the server (${file.url}).`);
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    if (response.status !== 206) {
      received.chunks = [];
      received.length = 0;
    }
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(stall, STALL_MS);
      received.chunks.push(value);
      received.length += value.length;
      tell(received.length);
    }
  } catch (error) {
    throw stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong with the content, or null. */
async function faultOf(
  { bytes, sha256 }: RemoteFile,
  content: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  if (bytes !== null && content.length !== bytes)
    return `it is damaged (${content.length} bytes came of ${bytes})`;
  // Pages that came without TLS cannot hash.
  if (sha256 === null || !('subtle' in crypto)) return null;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const found = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return found === sha256 ? null : `it is damaged (its SHA-256 is ${found} in place of ${sha256})`;
}
