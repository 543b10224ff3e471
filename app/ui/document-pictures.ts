import type { StaticImageData } from 'next/image';
import sheet from '@/docs/world/contact-sheet.jpg';
import curves from '@/nano/curves.svg';

/** The pictures of the documents that are shown, by their paths in the repository. */
export const DOCUMENT_PICTURES: Readonly<Record<string, StaticImageData>> = {
  'docs/world/contact-sheet.jpg': sheet,
  'nano/curves.svg': curves,
};
