/**
 * Whether a JSON text has more than `most` values, by the commas and brackets outside of its texts. It makes nothing, so that of millions
 * of empty objects none is made before they are refused.
 */
export function hasMoreValues(json: string, most: number): boolean {
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    const sign = json.charAt(at);
    if (sign === '"') at = endOfText(json, at);
    else if ((sign === ',' || sign === '[' || sign === '{') && ++count > most) return true;
  }
  return false;
}

/** Place of the quotation mark that ends the text which begins at `start`. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json.charAt(end - 1 - slashes) === '\\') slashes++;
    if (slashes % 2 === 0) return end;
  }
  return json.length;
}
