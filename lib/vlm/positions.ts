import { type Grid, tokensOf } from './patches';

/** Where the tokens of a prompt stand on the three rotary axes. */
export interface Positions {
  /** Time, row, column of each token. */
  axes: readonly [time: Int32Array, row: Int32Array, column: Int32Array];
  /** That of the first token after the prompt, on all axes. */
  next: number;
}

/**
 * Text advances by one on all axes; an image stands at one time and spreads over rows and columns; what follows it
 * begins one past the largest position so far (Qwen2-VL, arXiv 2409.12191, section 2.1). Stills only.
 *
 * @throws RangeError where the runs of image tokens are not those of the grids.
 */
export function textPositions(
  ids: readonly number[],
  grids: readonly Grid[],
  imageToken: number,
  merge: number,
): Positions {
  const axes = [new Int32Array(ids.length), new Int32Array(ids.length), new Int32Array(ids.length)] as const;
  let next = 0;
  let images = 0;
  for (let at = 0; at < ids.length; ) {
    if (ids[at] !== imageToken) {
      for (const axis of axes) axis[at] = next;
      next++;
      at++;
      continue;
    }
    const grid = grids[images++];
    if (grid === undefined) throw new RangeError(`there is no image for the image token at ${at}`);
    const rows = grid[1] / merge;
    const columns = grid[2] / merge;
    for (let token = 0; token < tokensOf(grid, merge); token++, at++) {
      if (ids[at] !== imageToken)
        throw new RangeError(
          `image ${images} has ${tokensOf(grid, merge)} tokens, the prompt ${token} for it`,
        );
      axes[0][at] = next;
      axes[1][at] = next + Math.floor(token / columns);
      axes[2][at] = next + (token % columns);
    }
    next += Math.max(rows, columns);
  }
  if (images < grids.length)
    throw new RangeError(`${grids.length} images are given, and the prompt has tokens for ${images}`);
  return { axes, next };
}
