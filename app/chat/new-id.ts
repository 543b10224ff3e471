/** An id that nobody else makes; unlike `crypto.randomUUID` it works on pages without TLS too. */
export const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
