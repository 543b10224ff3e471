/** A picture: rows of RGB bytes from the top left. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}
