/** Of an annotation file, and of what a zip holds. Published ones reach half of it where they embed their images. */
export const MAX_ANNOTATION_BYTES = 1024 * 1024 * 1024;

/** The annotations cannot be had: says where they were sought, what was wrong, and what to do. */
export class BenchmarkDataError extends Error {
  override readonly name = 'BenchmarkDataError';
}

export const tooLarge = (name: string) =>
  new BenchmarkDataError(`${name} is larger than ${MAX_ANNOTATION_BYTES / 1024 ** 2} MB`);

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

export function inWords(error: Error): string {
  const code = isSystemError(error) ? error.code : undefined;
  const words: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read',
    ENOTFOUND: 'the host is not known',
    EAI_AGAIN: 'the host cannot be looked up',
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut',
  };
  return words[code ?? ''] ?? error.message;
}
