/** The sender's or its proxy's id for a request where it is a harmless word, else one made here. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id');
  return given !== null && /^[\w.:-]{1,100}$/.test(given) ? given : crypto.randomUUID();
}
