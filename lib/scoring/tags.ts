import { skipSpaces, trimEnd } from '@/lib/python/text';
import type { TextSpan } from '@/lib/text-span';

const OPEN = '<answer>';
const CLOSE = '</answer>';

/** `re.search('<answer>(.*?)</answer>', output, re.DOTALL)`: the span of the group, null where nothing matches. */
export function answerSpan(output: string): TextSpan | null {
  const open = output.indexOf(OPEN);
  if (open < 0) return null;
  const start = open + OPEN.length;
  const end = output.indexOf(CLOSE, start);
  return end < 0 ? null : [start, end];
}

/** The contents of the last tag that is closed. */
export function lastAnswerSpan(output: string): TextSpan | null {
  const end = output.lastIndexOf(CLOSE);
  const open = end < 0 ? -1 : output.lastIndexOf(OPEN, end);
  return open < 0 ? null : [open + OPEN.length, end];
}

/**
 * `re.search('<answer>\s*(.*?)\s*</answer>', output)`: the span of the group, null where nothing matches. Line breaks
 * may surround the answer but not divide it; an answer of several lines is passed over for a later tag. Every index
 * only moves forward, so the time is linear in the output.
 */
export function oneLineAnswerSpan(output: string): TextSpan | null {
  let close = -1;
  let closeTrimmed = -1;
  let newline = -1;
  for (let open = output.indexOf(OPEN); open >= 0; open = output.indexOf(OPEN, open + OPEN.length)) {
    const start = skipSpaces(output, open + OPEN.length);
    if (close < start) {
      close = output.indexOf(CLOSE, start);
      if (close < 0) return null;
      closeTrimmed = trimEnd(output, start, close);
    }
    if (newline < start) {
      newline = output.indexOf('\n', start);
      if (newline < 0) newline = output.length;
    }
    const end = Math.max(start, closeTrimmed);
    if (newline >= end) return [start, end];
  }
  return null;
}
