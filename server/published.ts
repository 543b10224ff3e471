import { processWide } from './process-wide';

/** Counts what changed of what visitors see, so that pages that were made before are made anew. */
export const published = processWide('published', () => ({ version: 0 }));
