import type { ReactNode } from 'react';
import { readMarkdown } from '@/lib/chat/markdown';
import { type DrawSpan, markdownElements } from './markdown-view';

/** A reply's text laid out as its Markdown says; null where it is not to be read as such. Loaded where a reply needs it. */
export function layOut(text: string, draw: DrawSpan): ReactNode | null {
  const markdown = readMarkdown(text);
  return markdown === null ? null : markdownElements(markdown, text, draw);
}
