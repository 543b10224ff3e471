import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of files that misbehaves as it is told. */
export interface FaultyServer {
  address: string;
  /** Requests so far, as `METHOD path`, with the range where there was one. */
  asked: string[];
  /** Answers in the place of the next request for the path; null serves it as it is. */
  faults: Map<string, ((request: IncomingMessage, response: ServerResponse, content: Uint8Array) => void)[]>;
  close(): Promise<void>;
}

export async function serveFiles(read: (path: string) => Uint8Array | null): Promise<FaultyServer> {
  const asked: string[] = [];
  const faults: FaultyServer['faults'] = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
    const { range } = request.headers;
    asked.push([request.method, path, ...(range ? [range] : [])].join(' '));
    const content = read(path);
    if (content === null) {
      response.writeHead(404).end();
      return;
    }
    const fault = faults.get(path)?.shift();
    if (fault) {
      fault(request, response, content);
      return;
    }
    const start = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    response.writeHead(range ? 206 : 200, { 'content-length': content.length - start });
    response.end(request.method === 'HEAD' ? undefined : content.slice(start));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    asked,
    faults,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The browser's Cache, as far as the store of files uses it. */
export function memoryCache(): Cache {
  const kept = new Map<string, Response>();
  const urlOf = (key: RequestInfo | URL) => (key instanceof Request ? key.url : new Request(key).url);
  const cache: Pick<Cache, 'match' | 'put' | 'delete' | 'keys'> = {
    match: async (key: RequestInfo | URL) => kept.get(urlOf(key))?.clone(),
    put: async (key: RequestInfo | URL, response: Response) => void kept.set(urlOf(key), response),
    delete: async (key: RequestInfo | URL) => kept.delete(urlOf(key)),
    keys: async () => [...kept.keys()].map((url) => new Request(url)),
  };
  // What is left out of the interface is not asked for.
  return cache as Cache;
}
