import type { RemoteFile } from './file-store';
import { NO_PROCESSOR, PROCESSORS, readGraphWishes, SETTINGS, TEMPLATE, wishedGraphs } from './graph-files';
import { type Manifest, manifestSchema } from './manifest';
import { parseFile } from './parse-file';
import { VlmError } from './types';

/** The manifest beside the models. @throws VlmError */
export async function fetchManifest(address: string, signal: AbortSignal): Promise<Manifest> {
  const response = await fetchFrom(address, { signal, cache: 'no-cache' }).catch((error: unknown) => {
    signal.throwIfAborted();
    // Without a network, as it was last seen.
    return fetch(address, { signal, cache: 'only-if-cached', mode: 'same-origin' }).catch(() =>
      Promise.reject(error),
    );
  });
  if (!response.ok)
    throw new VlmError(
      'download',
      `The list of models could not be fetched: ${address} answered ${response.status}.`,
    );
  return parseFile(manifestSchema, await jsonOf(response, address), address);
}

/** The files of a model of the manifest. @throws VlmError */
export function manifestFiles(manifest: Manifest, modelId: string, address: string): RemoteFile[] {
  const model = manifest.models.find(({ id }) => id === modelId);
  if (model === undefined) {
    const known = manifest.models.map(({ id }) => id).join(', ');
    throw new VlmError('model', `There is no model ${modelId}; there are ${known || 'none'}.`);
  }
  return model.files.map((file) => ({
    ...file,
    model: modelId,
    url: new URL(`${modelId}/${file.path}`, address).href,
  }));
}

/**
 * The files of a folder somewhere, of which nobody made a list: those that its config names, else int8.
 *
 * @throws VlmError naming the file that is not there.
 */
export async function folderFiles(address: string, signal: AbortSignal): Promise<RemoteFile[]> {
  const folder = address.endsWith('/') ? address : `${address}/`;
  const optional: readonly string[] = [...PROCESSORS, TEMPLATE];
  const ask = async (path: string, method: 'GET' | 'HEAD'): Promise<Response | null> => {
    const response = await fetchFrom(new URL(path, folder).href, { method, signal, cache: 'no-cache' });
    if (response.ok) return response;
    if (optional.includes(path)) return null;
    throw new VlmError('model', `${address} has no ${path} (the server answered ${response.status}).`);
  };
  const config = await ask('config.json', 'GET');
  const wishes = readGraphWishes(config && (await jsonOf(config, 'config.json')));
  const graphs = wishedGraphs(wishes).flatMap(({ model, external }) => [model, ...external]);
  const found = await Promise.all(
    [...SETTINGS, ...optional, ...graphs].map(async (path): Promise<RemoteFile[]> => {
      const response = await ask(path, 'HEAD');
      if (response === null) return [];
      const length = response.headers.get('content-length');
      // A compressed file's length is not that of what comes out of it.
      const bytes = length === null || response.headers.has('content-encoding') ? null : Number(length);
      return [{ model: address, path, url: new URL(path, folder).href, bytes, sha256: null }];
    }),
  );
  const files = found.flat();
  if (!PROCESSORS.some((path) => files.some((file) => file.path === path)))
    throw new VlmError('model', `${address} has ${NO_PROCESSOR}.`);
  return files;
}

async function fetchFrom(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new VlmError('download', `${url} cannot be reached: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

async function jsonOf(response: Response, address: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new VlmError('model', `${address}: it is not JSON: ${(error as Error).message}.`, { cause: error });
  }
}
