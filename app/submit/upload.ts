import { formatBinaryBytes } from '../ui/format';

/** Why an upload did not end well, in a sentence for the page. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  constructor(
    message: string,
    readonly signedOut = false,
  ) {
    super(message);
  }
}

/**
 * Sends a file as it is and tells how far it is. XMLHttpRequest, because fetch does not tell what has been sent.
 * @returns the sha256 under which the server keeps it.
 * @throws UploadError; the signal's reason when aborted.
 */
export function uploadFile(
  file: File,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/blobs');
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      const sha256 = request.status < 300 ? storedAs(request.responseText, file.size) : null;
      if (sha256 !== null) resolve(sha256);
      else reject(refusal(request.status, request.responseText));
    };
    request.onerror = () =>
      reject(
        new UploadError(
          'The connection broke, or the file changed or could not be read. Nothing was kept; try again.',
        ),
      );
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** What can be said before a byte is sent; null where nothing stands in the way. */
export function refusalBeforeUpload(file: { name: string; size: number }, maxBytes: number): string | null {
  if (file.size === 0) return `${file.name} is empty (or is a folder). Choose a file that holds predictions.`;
  if (file.size > maxBytes)
    return `${file.name} has ${formatBinaryBytes(file.size)}; at most ${formatBinaryBytes(maxBytes)} are taken. Compress it with gzip or zip.`;
  return null;
}

/** The hash in the server's answer, if the answer says that all bytes arrived. */
export function storedAs(body: string, bytes: number): string | null {
  const answer = readJson(body);
  return typeof answer.sha256 === 'string' && answer.bytes === bytes ? answer.sha256 : null;
}

/** The server's own sentence where it gave one. */
export function refusal(status: number, body: string): UploadError {
  const { error } = readJson(body);
  const said = typeof error === 'string' && error !== '' ? error : null;
  if (status === 401) return new UploadError(said ?? 'This needs the write token.', true);
  if (status === 413) return new UploadError(said ?? 'The server takes no file of this size.');
  if (status < 300)
    return new UploadError('Not all of the file arrived. Nothing is scored from it; try again.');
  return new UploadError(said ?? `The server answered with status ${status}. Try again.`);
}

function readJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
