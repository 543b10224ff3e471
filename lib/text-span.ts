/** A half-open range of UTF-16 offsets into a text. */
export type TextSpan = readonly [start: number, end: number];
